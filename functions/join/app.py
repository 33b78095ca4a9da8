"""The join page."""

from regulars.http import protocol
from regulars.pages.customer.join import handlers

lambda_handler = protocol.serve(handlers.ROUTES)
