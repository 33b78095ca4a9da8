"""What the function `api` serves: all of the API but what lies on the path of a scan."""

from regulars.api import (
    api_keys,
    attention,
    audit,
    card_links,
    codes,
    contacts,
    corrections,
    devices,
    exports,
    fraud,
    grants,
    hooks,
    imports,
    ledger_checks,
    members,
    merchant_settings,
    merchants,
    merging,
    personal_data,
    platform,
    programs,
    sandbox,
    service,
    sources,
    staff,
    vouchers,
    waiting_actions,
)
from regulars.http.protocol import Handler

_MODULES = (
    api_keys, attention, audit, card_links, codes, contacts, corrections, devices, exports,
    fraud, grants, hooks, imports, ledger_checks, members, merchant_settings, merchants,
    merging, personal_data, platform, programs, sandbox, service, sources, staff, vouchers,
    waiting_actions,
)  # fmt: skip

ROUTES: dict[str, Handler] = {
    key: handler for module in _MODULES for key, handler in module.ROUTES.items()
}
