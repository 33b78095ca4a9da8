"""The counter: its devices and people, its screen, what the screen asks for, and gifts."""

from regulars.api import bookings, gifts
from regulars.http import protocol
from regulars.pages.counter.enroll import handlers as enroll
from regulars.pages.counter.screen import handlers as screen
from regulars.pages.counter.who import handlers as who

lambda_handler = protocol.serve(
    {
        **bookings.ROUTES,
        **enroll.ROUTES,
        **gifts.ROUTES,
        **screen.ROUTES,
        **who.ROUTES,
    }
)
