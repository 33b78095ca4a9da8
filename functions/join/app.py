"""The join page, the page behind a code that guests scan, and the front page."""

from regulars.http import protocol
from regulars.pages.customer.code import routes as code
from regulars.pages.customer.front import handlers as front
from regulars.pages.customer.join import handlers as join

lambda_handler = protocol.serve({**code.ROUTES, **front.ROUTES, **join.ROUTES})
