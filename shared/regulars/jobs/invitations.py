"""Invitations: the top share of members by what they spent this year is given its tier.

On the first day of every quarter. All members are read, a page at a time; only the best are kept
in memory. The tier lasts until the end of next year, like one that was earned.
"""

from __future__ import annotations

import heapq
import os
from collections.abc import Iterable
from datetime import date, timedelta

from regulars.actions import aside
from regulars.actions.due_marks import INVITE, next_invitations
from regulars.domain import calendar
from regulars.domain.card import Card
from regulars.domain.operations import GrantTier, Origin
from regulars.domain.program import Tier, TierCondition
from regulars.domain.tiering import kept_until, right, window_sum
from regulars.program.shop import Shop
from regulars.store.member_lists import all_cards

YEARLY = TierCondition("spend", 0, "year")


def invite(shop: Shop, member_id: str) -> None:
    """Give each invitation tier to the top share of members, and look again next quarter."""
    today = calendar.local_date(shop.now, shop.program.timezone)
    yesterday = today - timedelta(days=1)  # on New Year's Day it is the old year that counts
    for tier in shop.program.tiers:
        for way in tier.enter:
            if way.metric == "invitation" and way.percent:
                _invite(shop, tier, way.percent, yesterday)
    shop.table.put(next_invitations(shop.merchant_id, shop.program.timezone, today))


def best(shop: Shop, percent: int, today: date) -> list[Card]:
    """The cards of the top `percent` of all members (see `best_of`)."""
    return best_of(all_cards(shop.table, shop.merchant_id, aside.of(shop, INVITE)), percent, today)


def best_of(cards: Iterable[Card], percent: int, today: date) -> list[Card]:
    """The cards of the top `percent` by spend in the year so far, at least one.

    Nobody is among them who spent nothing; ties go to the first member id.
    """
    spent: list[tuple[int, str, Card]] = []
    members = 0
    for card in cards:
        members += 1
        if amount := window_sum(card, "year", today).spend_minor:
            spent.append((-amount, card.member_id, card))
    places = max(1, members * percent // 100)
    return [card for _, _, card in heapq.nsmallest(places, spent)]


def _invite(shop: Shop, tier: Tier, percent: int, today: date) -> None:
    until = kept_until(YEARLY, today)
    for card in best(shop, percent, today):
        held = card.held.get(right(tier.id, "invitation"))
        if held and (not held.until or held.until >= until):
            continue
        op = f"{INVITE}:{card.member_id}:{tier.id}:{until}"
        operation = GrantTier(
            Origin(op, "job", entropy=os.urandom(16)), tier.id, until, "invitation"
        )
        try:
            shop.ledger.perform(shop.program, card, operation, shop.now, fresh=True)
        except Exception as error:  # whatever it is, the others are invited
            aside.set_aside(shop, card.member_id, error, INVITE)
