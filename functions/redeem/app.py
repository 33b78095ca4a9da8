"""Vouchers at the counter: redeemed, once, and taken back when it was a mistake."""

from regulars.api import redeeming
from regulars.http import protocol

lambda_handler = protocol.serve(redeeming.ROUTES)
