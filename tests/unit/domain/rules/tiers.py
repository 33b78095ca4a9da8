"""Rights to tiers: how they are earned, how long they last, which of them counts."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

from regulars.domain import due
from regulars.domain.operations import Celebrate, GiveBenefits, GrantTier, ReviewTier
from tests.unit.domain.rules.document import Cells, holds
from tests.unit.domain.rules.words import NOTHING, Story, earn, minor, noon, opened, parts
from tests.unit.domain.shop import Shop

GIFT = {"id": "gift", "name": "Gift", "kind": "item"}


def _first_day(text: str) -> str:
    """The first day that a cell names."""
    found = re.search(r"\d{4}-\d\d-\d\d", text)
    assert found
    return found[0]


def _tier(tier_id: str, *enter: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": tier_id, "name": tier_id, "enter": list(enter), **more}


def _grant(shop: Shop, tier_id: str, until: str = "", by: Any = "hand") -> None:
    shop.do(GrantTier(shop.origin(), tier_id, until, by))


def _in_it_on(shop: Shop, day: str) -> bool:
    """Whether the card is in a tier when the review of that day has been."""
    shop.now = noon(day)
    shop.review()
    return shop.card.tier is not None


@holds("Windows")
def windows(row: Cells) -> Cells:
    return {"until": _right(row, {"window": row["window"]})}


@holds("Keeping")
def keeping(row: Cells) -> Cells:
    kind, _, figure = row["keep"].partition(" ")
    keep: dict[str, Any] = {"for": kind}
    if kind == "months":
        keep["months"] = int(figure)
    elif kind == "at_least":
        keep = {"at_least": minor(figure)}
    return {"until": _right(row, {"window": row["window"], "keep": keep})}


def _right(row: Cells, way: dict[str, Any]) -> str:
    """The last day of the right that is earned by 500.00; it is not only named: the tier is still
    there on it, and gone a day later."""
    entered = {"metric": "spend", "at_least": 50_000, **way}
    happens = row["what happens"]
    shop = opened(_first_day(happens), earn=earn("1 point per 1.00"), tiers=[_tier("top", entered)])
    Story(shop).run(happens)
    held = shop.card.tier
    if held is None:
        return "no right"
    if not held.until:
        assert _in_it_on(shop, "2099-01-01")
        return "for ever"
    assert _in_it_on(shop, held.until)
    after = date.fromordinal(date.fromisoformat(held.until).toordinal() + 1)
    assert not _in_it_on(shop, after.isoformat())
    return held.until


@holds("The end")
def the_end(row: Cells) -> Cells:
    grace, notice = int(row["grace_days"]), int(row["notice_days"])
    way = {"metric": "membership", "period": "year"}
    shop = opened(tiers=[_tier("top", way, grace_days=grace, notice_days=notice)])
    _grant(shop, "top", "2027-12-31")
    notice_on = due.notice_day(shop.program, shop.card)
    day = date(2027, 12, 31)
    while _in_it_on(shop, day.isoformat()):
        day = date.fromordinal(day.toordinal() + 1)
    last = date.fromordinal(day.toordinal() - 1)
    return {
        "notice on": notice_on.isoformat() if notice_on else NOTHING,
        "last day in the tier": last.isoformat(),
    }


@holds("Memberships")
def memberships(row: Cells) -> Cells:
    way = {"metric": "membership", "period": row["paid for"], "price_minor": 100}
    first, *renewed = row["on"].split(" and ")
    shop = opened(first, tiers=[_tier("club", way)])
    _grant(shop, "club", by="membership")
    for day in renewed:
        shop.now = noon(day)
        _grant(shop, "club", by="membership")
    assert shop.card.tier
    return {"until": shop.card.tier.until}


@holds("Seasons")
def seasons(row: Cells) -> Cells:
    first, _, last = row["season"].partition(" to ")
    season = {"from_month": int(first), "until_month": int(last)}
    way = {"metric": "membership", "period": "year"}
    shop = opened(tiers=[_tier("seasonal", way, season=season)])
    _grant(shop, "seasonal")
    return {"in the tier": "yes" if _in_it_on(shop, row["on"]) else "no"}


@holds("Several rights")
def several_rights(row: Cells) -> Cells:
    way = {"metric": "membership", "period": "year"}
    shop = opened(tiers=[_tier("guest"), _tier("silver", way), _tier("gold", way)])
    for right in parts(row["rights"]):
        if right != "none":
            named, _, until = right.partition(" until ")
            tier, _, by = named.partition(" by ")
            _grant(shop, tier, until, by or "hand")
    assert _in_it_on(shop, row["on"])
    return {"tier": Story(shop).tier()}


@holds("Benefits of a tier")
def benefits(row: Cells) -> Cells:
    """Given at once and when due, and nothing more in between; the first ones are gone by then."""
    benefit = {"id": "b", "reward": "gift", "every": row["every"]}
    start = row["in the tier from"]
    shop = opened(start, rewards=[GIFT], tiers=[_tier("all", benefits=[benefit])])
    shop.do(GiveBenefits(shop.origin()))
    (first,) = shop.card.open.values()
    shop.now = datetime.fromisoformat(shop.card.due[due.BENEFITS]).replace(tzinfo=UTC)
    shop.expire()
    assert not shop.card.open
    shop.do(GiveBenefits(shop.origin()))
    (second,) = shop.card.open.values()
    assert second.expires_on > first.expires_on
    return {"gifts last until": first.expires_on, "next gifts on": shop.today}


@holds("Celebrations")
def celebrations(row: Cells) -> Cells:
    """The hourly job comes when the card is due; it may find that it is too early."""
    what: Any = row["what"]
    benefit = {"id": "b", "reward": "gift", "every": what}
    born, _, leap = row["born on"].partition(", else ")
    more = {"leap_birthday": leap} if leap else {}
    shop = opened(row["joined"], rewards=[GIFT], tiers=[_tier("all", benefits=[benefit])], **more)
    shop.do(ReviewTier(shop.origin(), born))
    celebrated: list[str] = []
    lasts: list[str] = []
    while len(celebrated) < 2:
        shop.now = datetime.fromisoformat(shop.card.due[what]).replace(tzinfo=UTC)
        shop.expire()
        for _ in range(2):
            vouchers = shop.do(Celebrate(shop.origin(), what, born)).vouchers
            celebrated += [shop.today for _ in vouchers]
            lasts += [voucher.expires_on for voucher in vouchers]
    first, second = celebrated
    return {"rewarded on": first, "and on": second, "gifts last until": lasts[0]}
