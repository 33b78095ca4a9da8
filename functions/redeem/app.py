"""POST /v1/vouchers/{code}/redeem: a voucher is handed over at the counter, once."""

from regulars.api import redeeming
from regulars.http import protocol

lambda_handler = protocol.serve(redeeming.ROUTES)
