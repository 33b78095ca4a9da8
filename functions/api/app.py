"""The HTTP API, except what lies on the path of a scan (`stamp`, `redeem`)."""

from regulars.api import (
    attention,
    corrections,
    grants,
    hooks,
    ledger_checks,
    members,
    merchants,
    programs,
    sandbox,
    service,
    unknown,
    vouchers,
)
from regulars.http import protocol

lambda_handler = protocol.serve(
    {
        **attention.ROUTES,
        **corrections.ROUTES,
        **grants.ROUTES,
        **hooks.ROUTES,
        **ledger_checks.ROUTES,
        **members.ROUTES,
        **merchants.ROUTES,
        **programs.ROUTES,
        **sandbox.ROUTES,
        **service.ROUTES,
        **unknown.ROUTES,
        **vouchers.ROUTES,
    }
)
