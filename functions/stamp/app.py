"""POST /v1/earn: a visit or a sale is booked on a card."""

from regulars.api import earning
from regulars.http import protocol

lambda_handler = protocol.serve(earning.ROUTES)
