"""The counter: its devices and people, its screen and display, codes for guests, and gifts."""

from regulars.api import bookings, codes, gifts
from regulars.http import protocol
from regulars.pages.counter.display import handlers as display
from regulars.pages.counter.enroll import handlers as enroll
from regulars.pages.counter.screen import handlers as screen
from regulars.pages.counter.who import handlers as who

lambda_handler = protocol.serve(
    {
        **bookings.ROUTES,
        **codes.COUNTER_ROUTES,
        **display.ROUTES,
        **enroll.ROUTES,
        **gifts.ROUTES,
        **screen.ROUTES,
        **who.ROUTES,
    }
)
