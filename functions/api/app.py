"""The HTTP API, except what lies on the path of a scan (`stamp`, `redeem`)."""

from regulars.api import handlers
from regulars.http import protocol
from regulars.pages import unknown

lambda_handler = protocol.serve({**handlers.ROUTES, **unknown.ROUTES})
