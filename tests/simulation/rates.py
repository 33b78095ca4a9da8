"""What a visit or sale comes to under a programme's document, worked out in words of one's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from regulars.domain.operations import Item
from tests.unit.domain.tier_oracle import month_of

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass
class Asked:
    """What a request for a visit or sale said."""

    visits: int
    spend: int
    paid: int
    items: tuple[Item, ...]
    effective_ms: int | None = None


def thousandths(multiplier: str) -> int:
    """`"1.25"` as 1250, without fractions."""
    whole, _, rest = multiplier.partition(".")
    return int(whole or 0) * 1000 + int((rest + "000")[:3])


def running(
    document: Mapping[str, Any], local: datetime, tier: str | None, spend: int
) -> list[Mapping[str, Any]]:
    """The campaigns whose conditions hold; what is used up is among them."""
    return [one for one in document.get("campaigns", ()) if _runs(one, local, tier, spend)]


def _runs(campaign: Mapping[str, Any], local: datetime, tier: str | None, spend: int) -> bool:
    day, minutes = local.date().isoformat(), local.hour * 60 + local.minute
    if not (campaign.get("from") or day) <= day <= (campaign.get("until") or day):
        return False
    if campaign.get("weekdays") and DAYS[local.weekday()] not in campaign["weekdays"]:
        return False
    if hours := campaign.get("hours"):
        begins, ends = (int(hours[at][:2]) * 60 + int(hours[at][3:]) for at in ("from", "until"))
        if not begins <= minutes < ends:
            return False
    if campaign.get("tiers") and tier not in campaign["tiers"]:
        return False
    return bool(spend >= campaign.get("min_spend_minor", 0))


def best(campaigns: Iterable[Mapping[str, Any]], on: str, unit: str) -> tuple[int, str]:
    """The highest multiplier for a kind of rule and a unit, in thousandths, and whose it is."""
    fitting = [
        (-thousandths(one["multiplier"]), one["id"])
        for one in campaigns
        if "multiplier" in one
        and on in (one.get("on") or (on,))
        and unit in (one.get("units") or (unit,))
    ]
    if not fitting:
        return 1000, ""
    times, name = min(fitting)
    return -times, name


def base(rule: Mapping[str, Any], asked: Asked, visits: int, carried: int) -> tuple[int, int]:
    """Units before multipliers, and by how much the carried remainder changes."""
    amount, on = int(rule["amount"]), rule["on"]
    cats, out = rule.get("categories", ()), rule.get("exclude", ())
    lines = [item for item in asked.items if item.amount_minor]
    kept = asked.spend - sum(item.amount_minor for item in lines if item.category in out)
    if kept < rule.get("min_spend_minor", 0):
        return 0, 0
    if on == "visit":
        return amount * visits if kept or not asked.items else 0, 0
    if on == "item":
        return amount * sum(item.milli for item in lines if item.category in cats) // 1000, 0
    money = sum(x.amount_minor for x in lines if x.category in cats) if cats else max(0, kept)
    money = min(money, asked.spend)
    if not money:
        return 0, 0
    had = carried + money
    steps = max(0, had // rule["per_minor"])
    return amount * steps, had - steps * rule["per_minor"] - carried


def bonuses_fit(
    document: Mapping[str, Any], campaigns: list[Mapping[str, Any]], kinds: set[str],
    lines: list[Any],
) -> None:  # fmt: skip
    """Assert that every bonus that runs was given, and no other; those with a cap may be over."""
    given: dict[str, int] = {}
    for _, amount, _, _, why in lines:
        if why["k"] == "campaign":
            given[why["c"]] = given.get(why["c"], 0) + amount
    for one in document.get("campaigns", ()):
        if "bonus" not in one:
            continue
        due = one in campaigns and ("on" not in one or kinds & set(one["on"]))
        capped = "total" in one or "per_member" in one
        amounts = {one["bonus"]["amount"]} if due else {0}
        if due and capped:
            amounts.add(0)
        assert given.pop(one["id"], 0) in amounts, f"the bonus of {one['id']}"
    assert not given, f"bonuses of nobody: {given}"


def lines_fit(
    document: Mapping[str, Any], entry: Mapping[str, Any], asked: Asked, visits: int,
    carried: Mapping[str, int], tier: str | None,
) -> None:  # fmt: skip
    """Assert that an entry grants what was asked for comes to, in a tier and after a remainder."""
    zone = ZoneInfo(document["timezone"])
    local = datetime.fromtimestamp(entry["eff"] / 1000, UTC).astimezone(zone)
    campaigns = running(document, local, tier, asked.spend)
    tiers = {one["id"]: one for one in document.get("tiers", ())}
    ranked: Mapping[str, Any] = tiers.get(tier, {})
    times = thousandths(ranked.get("multiplier", "1"))
    kinds = {"visit", "spend", "item"} if entry["kind"] == "earn" else {"join"}
    expected, moved = {}, {}
    for rule in document["earn"]:
        if rule["on"] not in kinds:
            continue
        units, left = (rule["amount"], 0) if rule["on"] == "join" else base(
            rule, asked, visits, carried.get(rule["id"], 0)
        )  # fmt: skip
        more, whose = best(campaigns, rule["on"], rule["unit"])
        if amount := units * times * more // 1_000_000:
            expected[rule["id"]] = amount, whose
        if left:
            moved[rule["id"]] = left
    granted: dict[str, tuple[int, str]] = {}
    for _, amount, _, rule_id, why in entry["lines"]:
        if why["k"] in kinds:
            before = granted.get(rule_id, (0, ""))[0]
            granted[rule_id] = before + amount, why.get("c", "")
    assert granted == expected, "other amounts than the rules come to"
    assert entry["facts"].get("carry", {}) == moved, "another remainder than is left"
    if entry["kind"] == "earn":
        counts = (visits, asked.spend, asked.items)
        kinds = {kind for kind, n in zip(("visit", "spend", "item"), counts, strict=True) if n}
    bonuses_fit(document, campaigns if kinds else [], kinds, entry["lines"])


def period(every: str, day: date) -> str:
    """A name for the period of a benefit that holds a day."""
    if every == "week":
        return f"{day.isocalendar().year}-{day.isocalendar().week}"
    months = {"month": 1, "quarter": 3, "year": 12}[every]
    return f"{month_of(day) // months}"


def end_of_month(month: int) -> date:
    """The last day of a month."""
    year, following = divmod(month + 1, 12)
    return date(year, following + 1, 1) - timedelta(days=1)
