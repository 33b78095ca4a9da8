"""The audit trail."""

from regulars.pages.console.audit.view import TEMPLATE, AuditPage, Done
from tests.unit.pages.card_samples import BRAND, LONG_NAME, NOW

DONE = Done(
    NOW, LONG_NAME[:60], "munkatárs módosítva", "c1",
    (("role", "staff", "manager"), ("pin", "x", "")),
    "192.0.2.0/24",
)  # fmt: skip
PAGE = AuditPage(
    BRAND, "Europe/Budapest", NOW, (DONE, DONE._replace(about="", source="")),
    (("staff.changed", "munkatárs módosítva"),), "staff.changed", "2026-11-22",
    "/console/audit?cursor=1",
)  # fmt: skip
PAGES = {"": PAGE, "empty": PAGE._replace(items=(), older="")}
TEMPLATES = {AuditPage: TEMPLATE}
