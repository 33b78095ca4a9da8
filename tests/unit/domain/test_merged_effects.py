"""What counted on two cards counts on the one that is kept."""

from __future__ import annotations

from typing import Any

import pytest

from regulars.domain import compact, first_purchase, limits
from regulars.domain.card import TierRight
from regulars.domain.merge_operations import Merge
from regulars.domain.operations import Carry, GrantBonus, GrantTier
from regulars.domain.refusals import RefusalCode, Refused
from tests.unit.domain.merged import Pair, content, pair
from tests.unit.domain.shop import reward, spend_rule, unit, visit_rule
from tests.unit.domain.test_merging import POINTS


def test_rights_to_tiers_keep_their_ends_and_the_higher_tier_counts() -> None:
    tiers: list[dict[str, Any]] = [
        {"id": "silver", "name": "Silver", "enter": [
            {"metric": "spend", "window": "year", "at_least": 1000}]},
        {"id": "gold", "name": "Gold", "enter": [{"metric": "membership", "period": "year"}]},
    ]  # fmt: skip
    kept, other = cards = pair(**POINTS, tiers=tiers)
    kept.sale(600)
    other.later(days=1).do(GrantTier(other.origin(), "gold", "2027-03-31", "membership"))
    other.sale(600)
    cards.merge()
    assert kept.card.held["gold/membership"] == TierRight("gold", "2026-11-23", "2027-03-31")
    assert kept.card.tier == TierRight("gold", "2026-11-23", "2027-03-31")
    assert "silver" in kept.card.held, "what both spent reaches it together"
    assert other.card.tier is None
    cards.unmerge()
    assert kept.card.tier is None
    assert not kept.card.held
    assert other.card.tier == TierRight("gold", "2026-11-23", "2027-03-31")


@pytest.mark.parametrize(("mine", "theirs"), [("2027-01-31", "2027-06-30"), ("2027-06-30", "")])
def test_of_two_rights_alike_the_longer_one_stays_since_the_earlier_day(
    mine: str, theirs: str
) -> None:
    gold = {"id": "gold", "name": "Gold", "enter": [{"metric": "invitation"}]}
    for turned in (False, True):
        kept, other = cards = pair(**POINTS, tiers=[gold])
        for shop, until in ((kept, mine), (other, theirs)):
            shop.do(GrantTier(shop.origin(), "gold", until, "invitation"))
            for one in cards:
                one.later(days=1)
        merged = Pair(other, kept) if turned else cards
        merged.kept.do(Merge(merged.kept.origin(), "g1", merged.other.card))
        right = TierRight("gold", "2026-11-22", theirs)
        assert merged.kept.card.held == {"gold/invitation": right}


def test_the_daily_limit_counts_the_visits_of_both() -> None:
    kept, other = cards = pair(
        units=[unit("stamp", "stamps")], earn=[visit_rule()], limits={"visits_per_day": 2}
    )
    kept.visit()
    other.visit()
    cards.merge()
    assert kept.visit().refused
    assert kept.available("stamp") == 2


def test_a_benefit_that_one_had_in_the_period_is_not_given_again() -> None:
    tiers = [{"id": "all", "name": "All", "benefits": [
        {"id": "tea", "reward": "tea", "every": "month"}]}]  # fmt: skip
    kept, _ = cards = pair(**POINTS, rewards=[{"id": "tea", "name": "Tea"}], tiers=tiers)
    for shop in cards:
        shop.sale(100)
        assert len(shop.card.open) == 1
    cards.merge()
    kept.later(days=1).sale(100)
    assert len(kept.card.open) == 2
    assert limits.stored(kept.card, "b:tea")[1] == 2


def test_streaks_join_and_are_rewarded_once() -> None:
    streak = {
        "id": "row", "name": "Two weeks in a row", "metric": "weeks", "at": 2, "repeat": True,
        "grant": {"unit": "point", "amount": 9},
    }  # fmt: skip
    kept, other = cards = pair(**POINTS, milestones=[streak])
    for shop in (other, other, kept, kept):
        shop.visit()
        for one in cards:
            one.later(days=7)
    assert (kept.available(), other.available()) == (9, 9)
    before = content(kept.card)
    cards.merge()
    assert limits.stored(kept.card, "s:weeks")[1] == 4
    kept.later(days=-1).visit()
    assert kept.available() == 18, "four weeks in a row were rewarded as two times two"
    assert before["taken"] != kept.card.taken


def test_a_first_purchase_of_either_is_the_first() -> None:
    referral = {
        "friend": {"unit": "point", "amount": 5},
        "referrer": {"unit": "point", "amount": 5},
    }
    kept, other = cards = pair(**POINTS, referral=referral)
    other.sale(1000)
    cards.merge()
    sale = kept.sale(1000)
    assert sale.entry is not None
    assert "first" not in sale.entry.facts
    assert first_purchase.made_by(kept.card) == 0


def test_referrals_of_both_are_counted_together() -> None:
    kept, _ = cards = pair(**POINTS)
    for shop in cards:
        bonus = GrantBonus(shop.origin(), "referral", "point", 5, referral=True)
        shop.do(bonus)
    cards.merge()
    assert limits.given(kept.card, "n:referrals", "") == 2


def test_a_unit_that_had_expired_by_inactivity_is_not_revived() -> None:
    kept, other = cards = pair(
        units=[unit(expiry={"type": "inactivity", "months": 1})], earn=[spend_rule()]
    )
    other.sale(700)
    for one in cards:
        one.later(days=60)
    kept.sale(200)
    cards.merge()
    assert kept.available() == 2
    cards.unmerge()
    assert (kept.available(), other.available()) == (2, 0)


def test_a_tier_that_both_had_is_had_since_the_first_of_them() -> None:
    way = {"metric": "spend", "at_least": 1000}
    tiers = [{"id": "top", "name": "Top", "enter": [way]}]
    for first in (0, 1):
        cards = pair(units=[unit()], earn=[spend_rule()], tiers=tiers)
        cards[first].sale(1000)
        for one in cards:
            one.later(days=9)
        cards[1 - first].sale(1000)
        cards.merge()
        assert cards.kept.card.tier is not None
        assert cards.kept.card.tier.since == "2026-11-22"


def test_a_single_point_of_the_other_card_comes_back() -> None:
    cards = pair(units=[unit()], earn=[spend_rule()])
    cards.other.sale(100)
    cards.kept.sale(100)
    cards.merge()
    cards.unmerge()
    assert [one.available() for one in cards] == [1, 1]


def test_what_the_merge_issued_and_was_used_holds_it() -> None:
    coffee = reward("coffee", 5, "stamp", auto=True)
    cards = pair(units=[unit("stamp", "stamps")], earn=[visit_rule()], rewards=[coffee])
    for one in cards:
        one.visit(3)
    cards.merge()
    (used,) = cards.kept.card.open
    cards.kept.redeem(cards.kept.vouchers[used])
    with pytest.raises(Refused, match=r"the voucher [0-9A-Z]+ was used") as refused:
        cards.unmerge()
    assert refused.value.code is RefusalCode.ALREADY_SPENT


def test_what_the_merge_issued_and_was_given_back_parts_as_it_came() -> None:
    once = {"times": 5, "window": "year"}
    coffee = reward("coffee", 5, "stamp", auto=True, per_member=once, stock=9)
    cards = pair(units=[unit("stamp", "stamps")], earn=[visit_rule()], rewards=[coffee])
    for one in cards:
        one.visit(3)
    before = content(cards.kept.card), content(cards.other.card)
    cards.merge()
    (given,) = cards.kept.card.open
    cards.kept.cancel(cards.kept.vouchers[given])
    assert cards.kept.available("stamp") == 6
    cards.unmerge()
    assert (content(cards.kept.card), content(cards.other.card)) == before


def test_a_sale_that_came_over_is_one_of_the_kept_card() -> None:
    cards = pair(**POINTS, rewards=[reward("mug", 5)])
    sale = cards.other.sale(1000)
    voucher = cards.other.issue("mug")
    cards.other.redeem(voucher)
    closed = cards.other.vouchers[voucher.voucher_id]
    refunded = cards.other.refund(sale, 100).refunded
    assert refunded is not None
    assert sale.entry is not None
    cards.merge()
    kept, before = cards.kept, cards.kept.card
    done = kept.do(
        Carry(kept.origin(), "c2", sale.entry.seq, "o1", refunded._replace(revised_seq=7),
              (("c2", closed),))
    )  # fmt: skip
    assert done.entry is not None
    here = closed._replace(issued_seq=done.entry.seq)
    assert (done.entry.kind, done.entry.facts) == ("merge", {
        "carried": ["c2", sale.entry.seq, 7], "order": "o1",
        "came": {voucher.voucher_id: compact.voucher(here)},
    })  # fmt: skip
    assert done.refunded == refunded._replace(revised_seq=0)
    assert (done.vouchers, dict(done.came)) == ((here,), {voucher.voucher_id: "c2"})
    assert content(kept.card) == content(before)
    plain = kept.do(Carry(kept.origin(), "c2", 2)).entry
    assert plain is not None
    assert plain.facts == {"carried": ["c2", 2, 0]}


def test_both_entries_name_each_other() -> None:
    cards = pair(**POINTS)
    heads = cards.kept.card.head, cards.other.card.head
    cards.merge()
    facts = [one.decided[-1].entry and one.decided[-1].entry.facts for one in cards]
    assert facts == [
        {"merge": "g1", "from": "c2", "from_head": heads[1]},
        {"merge": "g1", "into": "c1", "into_head": heads[0]},
    ]
