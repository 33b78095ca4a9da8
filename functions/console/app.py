"""The console: signing in, and its pages."""

from regulars.http import protocol
from regulars.pages.console.home import handlers as home
from regulars.pages.console.sign_in import handlers as sign_in

lambda_handler = protocol.serve({**home.ROUTES, **sign_in.ROUTES})
