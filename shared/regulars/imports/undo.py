"""Takes back what an import did with a member: who is new and came by it alone is erased, the rest
goes back as far as nothing was used or changed since."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from regulars.actions.change_profile import change_profile
from regulars.actions.erase import erase
from regulars.domain import calendar
from regulars.domain.operations import Adjust, GrantTier
from regulars.domain.refusals import Refused
from regulars.imports.act import origin_of
from regulars.program.shop import Shop
from regulars.store import import_keys
from regulars.store.marshal import Item
from regulars.store.members import Members

UNDONE, KEPT, NOTHING = "undone", "kept", "nothing"


def undo(shop: Shop, import_id: str, member_id: str) -> str:
    """Take back what an import did with a member: UNDONE, KEPT for one of whom something was used
    or changed since and stays, NOTHING when there is nothing to take back (any more)."""
    m, table = shop.merchant_id, shop.table
    (own,) = table.get(import_keys.of_card(m, member_id, import_id))
    if own is None or "given" not in own:
        return NOTHING
    if own["undone"]:
        return str(own["undone"])
    try:
        whole = _take_out(shop, own, member_id) if own["new"] else _go_back(shop, own, member_id)
    except Refused as refused:
        if refused.code.transient:
            raise
        whole = False
    pk, sk = import_keys.of_card(m, member_id, import_id)
    result = UNDONE if whole else KEPT
    gone = {"before", "after"} | ({"counted"} if whole else set())
    facts = {name: value for name, value in own.items() if name not in gone}
    table.put({**facts, "PK": pk, "SK": sk, "undone": result})
    return result


def _take_out(shop: Shop, own: Item, member_id: str) -> bool:
    """Erase a member whose card nobody has used since; what leads to them is free again."""
    members = Members(shop.table, shop.merchant_id)
    profile, card = members.profile(member_id), shop.ledger.stored_card(member_id)
    if profile is None or card is None or profile.member_id != member_id:
        return False
    if card.seq != own["seq"] or profile.devices:
        return False
    erase(shop, member_id)
    members.free(profile.contacts())
    if own["external"]:
        shop.table.put({"PK": own["external"], "SK": "IMPORTED", "c": ""})
    return True


def _go_back(shop: Shop, own: Item, member_id: str) -> bool:
    """Give a member back what was changed, where it is still what the import made of it."""
    members = Members(shop.table, shop.merchant_id)
    profile, card = members.profile(member_id), shop.ledger.card(member_id)
    if profile is None or card is None:
        return False
    op = f"import-undo:{member_id}:{own['SK']}"
    for unit, amount in sorted(own["given"].items()):
        adjust = Adjust(origin_of(f"{op}:{unit}"), unit, -int(amount), "import undone")
        shop.ledger.perform(shop.program, card, adjust, shop.now)
    if own["tier"]:
        today = calendar.local_date(shop.now, shop.program.timezone)
        yesterday = (today - timedelta(days=1)).isoformat()
        grant = GrantTier(origin_of(f"{op}:tier"), own["tier"], yesterday, "hand")
        shop.ledger.perform(shop.program, card, grant, shop.now)
    back: dict[str, Any] = {
        name: value
        for name, value in own["before"].items()
        if getattr(profile, name) == own["after"][name]
    }
    if back:
        contacts = [name for name in ("email", "phone") if name in back]
        proofs = {name: proof for name, proof in profile.proofs.items() if name not in contacts}
        changed = profile._replace(**back, proofs=proofs, version=profile.version + 1)
        change_profile(shop, profile, changed)
    return len(back) == len(own["before"])
