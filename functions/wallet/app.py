"""Passes for the wallets of phones: made for a card, and asked for by phones that have one."""

from regulars.api import apple_wallet
from regulars.http import protocol
from regulars.pages.customer import wallets

lambda_handler = protocol.serve({**apple_wallet.ROUTES, **wallets.ROUTES})
