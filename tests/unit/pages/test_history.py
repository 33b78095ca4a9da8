"""What a card tells of its history: entries as the rules decide them, in words."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from regulars.domain.card import Card
from regulars.domain.decide import decide
from regulars.domain.decision import Decision
from regulars.domain.operations import (
    Adjust,
    AnyOperation,
    Cancel,
    Earn,
    Expire,
    Issue,
    Join,
    Origin,
    Redeem,
    Reverse,
    ReverseRedemption,
    Voucher,
)
from regulars.domain.program import Program
from regulars.domain.refusals import Refused
from regulars.i18n import words
from regulars.i18n.of_others import of_others
from regulars.pages.customer.card import view
from regulars.program import templates
from regulars.program.check import check
from regulars.program.load import load
from regulars.program.shop import Shop
from regulars.store.profiles import Profile
from regulars.views.hero import hero
from regulars.views.history import events
from tests.unit.pages.samples import render

NO_TABLE: Any = None  # a card is shown from what was read before
START = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def settings(environment: None) -> None:
    """Links are made with the tests' own address and secret."""


class Member:
    """A card and what has happened on it."""

    def __init__(self, template: str, **changes: Any) -> None:
        document = deepcopy(templates.template(template))
        document["rewards"][0] |= changes
        self.program: Program = load(check(document), 1)
        self.card = Card("")
        self.done: list[Decision] = []
        self.now = START
        self.do(Join(self.origin("join"), member_id="c1"))

    def origin(self, source: str = "api") -> Origin:
        number = len(self.done)
        return Origin(f"op:{number}", source, entropy=number.to_bytes(16, "big"))

    def do(self, operation: AnyOperation) -> Decision:
        self.now += timedelta(minutes=1)
        self.done.append(decide(self.program, self.card, operation, self.now))
        self.card = self.done[-1].card
        return self.done[-1]

    def earn(self, **fields: Any) -> Decision:
        return self.do(Earn(self.origin(), **fields))

    def reverse(self, of: Decision, source: str = "api") -> Decision:
        assert of.entry is not None
        return self.do(Reverse(self.origin(source), of.entry, vouchers=of.vouchers))

    def view(self, language: str = "en") -> view.CardPage:
        entries = [done.entry for done in reversed(self.done) if done.entry]
        profile = Profile("c1", "h" * 8, 0)
        return view.view(
            Shop(NO_TABLE, "m1", self.program, self.now), self.card, profile, entries,
            words(language),
            path="/c/x", link="/c/x", once="1", on_device=True,
            devices=view.DevicesPanel("free", "/j/x/recover"),
            hero=hero(self.program, self.card, entries, self.now),
        )  # fmt: skip

    def latest(self, language: str = "en") -> tuple[list[int], str, tuple[str, ...]]:
        """Amounts, reason and what came of the newest entry."""
        event = self.view(language).history[0]
        return [change.amount for change in event.changes], event.why, event.more

    def in_the_console(self) -> tuple[str, tuple[str, ...]]:
        """Reason and what came of the newest entry, as the console says them."""
        entry = self.done[-1].entry
        assert entry is not None
        (row,) = events(self.program, [entry], of_others("en"))
        return row.why, row.more


def test_a_visit_that_unlocks_is_a_gain_and_says_what_it_unlocked() -> None:
    member = Member("corner-cafe")
    member.earn(visits=9)
    assert member.latest() == (
        [9], "for 9 visits", ("unlocked for 10\u00a0stamps: Free coffee",)
    )  # fmt: skip
    assert member.latest("hu")[2] == ("megnyílt: Ingyenkávé (10\u00a0bélyeg)",)
    assert member.view().hero.kind == "reached"


def test_a_reward_of_one_s_choice_is_what_it_cost() -> None:
    member = Member("mug-club")
    member.earn(spend_minor=5000)
    member.do(Issue(member.origin("card"), "free-coffee"))
    assert member.latest() == ([-50], "for a reward: Free coffee", ())


def test_redeeming_and_giving_back_are_named() -> None:
    member = Member("corner-cafe")
    voucher = member.earn(visits=9).unlocked[0]
    member.do(Cancel(member.origin(), voucher))
    assert member.latest() == ([10], "given back: Free coffee", ())
    again: Voucher = member.earn().unlocked[0]
    member.do(Redeem(member.origin("staff"), again))
    assert member.latest() == ([], "redeemed: Free coffee", ())


def test_a_reward_not_used_in_time_says_so() -> None:
    member = Member("corner-cafe", valid_days=3)
    unlocked = member.earn(visits=9).unlocked
    member.now += timedelta(days=5)
    assert member.view().vouchers == ()
    member.do(Expire(member.origin("job"), unlocked))
    assert member.latest() == ([10], "not used in time; given back: Free coffee", ())


def test_a_refund_takes_the_visit_and_mentions_the_reward() -> None:
    member = Member("corner-cafe")
    visit = member.earn(visits=9, spend_minor=900)
    member.reverse(visit)
    assert member.latest() == (
        [-9], "a purchase was refunded", ("10\u00a0stamps given back: Free coffee",)
    )  # fmt: skip


def test_an_undo_at_the_counter_is_no_refund() -> None:
    member = Member("corner-cafe")
    member.reverse(member.earn(), source="staff")
    assert member.latest("hu") == ([-1], "a pultnál visszavonva", ())


def test_a_correction_says_its_reason() -> None:
    member = Member("corner-cafe")
    member.do(Adjust(member.origin(), "stamp", 2, "sorry for the wait"))
    assert member.latest() == ([2], "sorry for the wait", ())


def test_a_new_tier_is_said_below_the_sale_that_brought_it() -> None:
    member = Member("corner-cafe")
    member.earn(spend_minor=15000)
    assert member.latest() == ([1], "for your visit", ("you are now Regular",))


def test_the_owner_reads_of_the_member_and_what_was_taken_back() -> None:
    member = Member("corner-cafe")
    assert member.in_the_console() == ("for having joined", ())
    visit = member.earn(visits=9, spend_minor=15000)
    assert member.in_the_console()[1][-1] == "new tier: Regular"
    voucher = visit.unlocked[0]
    done = member.do(Redeem(member.origin("staff"), voucher))
    member.do(ReverseRedemption(member.origin("staff"), done.vouchers[0], 60_000))
    assert member.in_the_console() == ("taken back at the counter: Free coffee", ())
    assert member.latest("hu")[1] == "a pultnál visszavonva: Ingyenkávé"
    bare = Member("mug-club")
    assert bare.in_the_console() == ("joined", ())


def test_joining_without_a_gift_is_only_joining() -> None:
    member = Member("mug-club")
    assert member.latest() == ([], "you joined", ())
    member.earn(spend_minor=50)
    assert member.latest()[:2] == ([], "your visit")


def test_what_is_owed_comes_on_top_of_what_is_missing() -> None:
    member = Member("corner-cafe")
    visit = member.earn(visits=9)
    member.do(Redeem(member.origin("staff"), visit.unlocked[0]))
    member.reverse(visit._replace(vouchers=()))
    html = render(member.view(), words("en")).html
    assert "9 more stamps and the refund is settled" in html
    assert "9\u00a0stamps to make up for after a refund" in html


def test_the_punch_card_is_not_repeated_among_the_rewards() -> None:
    assert Member("corner-cafe").view().rewards == ()
    assert [reward.reward_id for reward in Member("mug-club").view().rewards] == ["free-coffee"]


def test_a_promise_has_plural_forms_per_language() -> None:
    member = Member("corner-cafe", promise={"en": {"one": "One to go", "other": "{n} to go"}})
    assert "9 to go" in render(member.view(), words("en")).html
    member.earn(visits=8)
    assert "One to go" in render(member.view(), words("en")).html
    with pytest.raises(Refused) as refused:
        Member("corner-cafe", promise={"en": "{n} to go"})
    assert [path for path, _ in refused.value.errors] == ["rewards.0.promise.en"]
