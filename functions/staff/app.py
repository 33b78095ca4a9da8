"""The counter: its screen, what the screen asks for, and gifts."""

from regulars.api import gifts
from regulars.http import protocol
from regulars.pages.counter.screen import handlers

lambda_handler = protocol.serve({**handlers.ROUTES, **gifts.ROUTES})
