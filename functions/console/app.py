"""The console: signing in, and its pages."""

from regulars.http import protocol
from regulars.pages.console import areas

lambda_handler = protocol.serve(areas.served())
