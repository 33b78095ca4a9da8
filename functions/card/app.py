"""The card page, codes that a phone scanned, mailed links, unsubscribing."""

from regulars.http import protocol
from regulars.pages.customer import logo
from regulars.pages.customer.card import actions, pictures
from regulars.pages.customer.card import handlers as card
from regulars.pages.customer.figures import handlers as figures
from regulars.pages.customer.history import handlers as history
from regulars.pages.customer.mailed import handlers as mailed
from regulars.pages.customer.profile import handlers as profile
from regulars.pages.customer.recover import handlers as recover
from regulars.pages.customer.unsubscribe import handlers as unsubscribe
from regulars.pages.message import handlers as message

lambda_handler = protocol.serve(
    {
        **actions.ROUTES,
        **card.ROUTES,
        **figures.ROUTES,
        **history.ROUTES,
        **logo.ROUTES,
        **mailed.ROUTES,
        **message.ROUTES,
        **pictures.ROUTES,
        **profile.ROUTES,
        **recover.ROUTES,
        **unsubscribe.ROUTES,
    }
)
