"""The join page, and the page behind a code that guests scan."""

from regulars.http import protocol
from regulars.pages.customer.code import routes as code
from regulars.pages.customer.join import handlers as join

lambda_handler = protocol.serve({**code.ROUTES, **join.ROUTES})
