"""What a campaign that is over did: what came of it, to how many members, how often.

Figures go by the entries of its time, less what was refunded by now: of a line that a campaign has
multiplied what it added, of a bonus all. Who was erased is no member any more, and of a card that
was merged the one that stays is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from regulars.actions import aside, carried, refunds
from regulars.core import checks
from regulars.domain import calendar, shares
from regulars.domain.campaigns import Campaign
from regulars.domain.current_sale import SALE
from regulars.domain.ledger import Entry
from regulars.domain.program import Program
from regulars.domain.reasons import ReasonKind
from regulars.program.load import program_of
from regulars.program.shop import Shop
from regulars.store import activity, formats, keys, versions
from regulars.store.cards import card_of
from regulars.store.marshal import Item

VERSIONS = 25
"""Versions that are read at once."""

Place = tuple[str, int]
"""A member, and the number of an entry on their card."""


class CampaignFigures(NamedTuple):
    """What a campaign has done by `at_ms`: how often it was used, to how many members, how much of
    each unit it added."""

    uses: int
    members: int
    granted: Mapping[str, int]
    at_ms: int


def over(program: Program, today: str) -> list[Campaign]:
    """The campaigns whose last day is before today."""
    return [one for one in program.campaigns if one.last_day and one.last_day < today]


def read(shop: Shop, campaigns: Iterable[Campaign]) -> dict[str, CampaignFigures]:
    """What was counted of campaigns, by id; nothing of one whose days were changed since."""
    known = list(campaigns)
    wanted = [keys.campaign(shop.merchant_id, one.id) for one in known]
    found = shop.table.get(*wanted) if wanted else []
    figures = {}
    for one, item in zip(known, found, strict=True):
        if item and (item["from"], item["until"]) == (one.first_day, one.last_day):
            take, _ = formats.taken(item)
            figures[one.id] = CampaignFigures(
                take("uses"), take("members"), take("granted"), take("at")
            )
    return figures


def item_of(shop: Shop, campaign: Campaign, figures: CampaignFigures) -> Item:
    """The item that keeps what was counted."""
    pk, sk = keys.campaign(shop.merchant_id, campaign.id)
    return {
        "PK": pk, "SK": sk, "from": campaign.first_day, "until": campaign.last_day,
        "uses": figures.uses, "members": figures.members, "granted": dict(figures.granted),
        "at": figures.at_ms,
    }  # fmt: skip


def count(shop: Shop, campaigns: Iterable[Campaign], job: str) -> dict[str, CampaignFigures]:
    """Count campaigns for a job, all along the entries since the first of them began."""
    known = {one.id: one for one in campaigns}
    if not known:
        return {}
    begins = min(_began(shop, one) for one in known.values())
    booked: dict[Place, Entry] = {}
    changed: set[Place] = set()
    end = shop.now + timedelta(milliseconds=1)
    away = aside.of(shop, job)
    for member_id, entry in activity.entries(shop.table, shop.merchant_id, begins, end, away):
        facts = entry.facts
        of = facts.get("reverses", facts.get("revises"))
        place = (member_id, entry.seq if of is None else int(of))
        if of is not None:
            changed.add(place)
        if "reverses" not in facts and known.keys() & _named(entry):
            booked.setdefault(place, entry)
    uses: Counter[str] = Counter()
    granted: dict[str, Counter[str]] = {one: Counter() for one in known}
    members: dict[str, set[str]] = {one: set() for one in known}
    for place, entry in booked.items():
        parts = _left(shop, place) if place in changed else added(entry)
        for campaign_id in known.keys() & parts.keys():
            uses[campaign_id] += 1
            granted[campaign_id].update(parts[campaign_id])
            members[campaign_id].add(place[0])
    at_ms = calendar.to_ms(shop.now)
    return {
        one: CampaignFigures(
            uses[one], len(_staying(shop, members[one])), dict(granted[one]), at_ms
        )
        for one in known
    }


def added(entry: Entry, taken: shares.Shares | None = None) -> dict[str, Counter[str]]:
    """What each campaign has added in an entry, by unit, less what was taken back of it."""
    found: dict[str, Counter[str]] = {one: Counter() for one in entry.facts.get("campaigns", ())}
    for grant in shares.grants(entry.lines):
        stored, amount = grant.line.reason.stored, grant.amount
        if grant.line.reason.kind is ReasonKind.CAMPAIGN:
            campaign_id, part = grant.line.rule, amount
        elif "c" in stored:
            campaign_id = str(stored["c"])
            part = amount - int(stored.get("base", amount)) * int(stored.get("x", 1000)) // 1000
        else:
            continue
        gone = taken.line(grant.line).of(part) if taken else 0
        found.setdefault(campaign_id, Counter())[grant.line.unit] += part - gone
    return found


def _named(entry: Entry) -> set[str]:
    """The campaigns that an entry names, also of a sale as it was sent again."""
    sale = entry.facts.get(SALE, {})
    return {*entry.facts.get("campaigns", ()), *sale.get("campaigns", ())}


def _left(shop: Shop, place: Place) -> dict[str, Counter[str]]:
    """What each campaign added in a sale that was changed or refunded since, as it is by now."""
    read = refunds.original(shop.ledger, shop.program, *place, op="", source="api", now=None)
    if read is None:
        return {}
    sale = read.operation
    under = sale.under or carried.version(shop.ledger, shop.program, sale.original)
    taken = shares.taken(sale.original, under, sale.refunded)
    return {} if taken.is_whole else added(sale.original, taken)


def _began(shop: Shop, campaign: Campaign) -> datetime:
    """When a campaign began: on its first day, or with the version that first had it."""
    first = checks.parse_day(campaign.first_day)
    if first is not None:
        return calendar.local_start(first, shop.program.timezone)
    began_ms, before = calendar.to_ms(shop.now), None
    while True:
        page = versions.published(shop.table, shop.merchant_id, VERSIONS, before)
        for item in page.items:
            if campaign.id not in {one.id for one in program_of(item).campaigns}:
                return calendar.from_ms(began_ms)
            began_ms, before = item["published"], item["version"]
        if page.next is None:
            return calendar.from_ms(began_ms)


def _staying(shop: Shop, members: Iterable[str]) -> set[str]:
    """Those of members who are there, with the card that stays for one that was merged."""
    staying: set[str] = set()
    wanted, seen = list(members), set[str]()
    while wanted:
        seen.update(wanted)
        items = shop.table.get(*(keys.state(shop.merchant_id, one) for one in wanted))
        cards = [card_of(item) for item in items if item]
        merged = {card.merged_into for card in cards if card.merged_into}
        staying.update(c.member_id for c in cards if not (c.merged_into or c.erased_ms))
        wanted = sorted(merged - seen)
    return staying
