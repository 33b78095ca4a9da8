"""Surprises: drawn or given by hand, within their budget, and taken back with their sale."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest

from regulars.domain import surprises
from regulars.domain.card import OpenVoucher
from regulars.domain.decision import Decision
from regulars.domain.operations import Earn, GiveSurprise
from regulars.domain.program import Program
from regulars.domain.refusals import RefusalCode, Refused
from regulars.domain.rewards import OPEN_VOUCHERS_MAX
from tests.unit.domain.shop import Shop, make_program, spend_rule, unit, visit_rule

PASTRY = {"id": "pastry", "name": "A pastry", "cost_minor": 70}
WARM = {
    "id": "warm", "name": "Warm welcome", "reward": "pastry", "by": "staff",
    "budget": {"amount_minor": 350, "window": "month"},
}  # fmt: skip
LUCK = {**WARM, "id": "luck", "by": "rule", "one_in": 2}
TIERS = [
    {"id": "friend", "name": "Friend",
     "enter": [{"metric": "visits", "window": "lifetime", "at_least": 3}]},
]  # fmt: skip


def of(*terms: dict[str, Any], **sections: Any) -> Program:
    return make_program(
        **{
            "units": [unit(), unit("stamp", "stamps")],
            "earn": [spend_rule(), visit_rule()],
            "rewards": [PASTRY],
            "tiers": TIERS,
            **sections,
        },
        surprises=list(terms),
    )


def shop(*terms: dict[str, Any], **sections: Any) -> Shop:
    opened = Shop(of(*terms, **sections))
    opened.join()
    return opened


def give(cafe: Shop, surprise: str = "warm", left: dict[str, int] | None = None) -> Decision:
    origin = cafe.origin(source="staff", staff="kata")._replace(left=left or {})
    return cafe.do(GiveSurprise(origin, surprise, "came back in the rain"))


def refused(cafe: Shop, surprise: str = "warm", left: dict[str, int] | None = None) -> RefusalCode:
    with pytest.raises(Refused) as refusal:
        give(cafe, surprise, left)
    return refusal.value.code


def lucky(program: Program, *, drawn: bool = True) -> bytes:
    """Entropy that the rule draws (or does not)."""
    (terms,) = (it for it in program.surprises if it.by == "rule")
    tries = (number.to_bytes(16) for number in range(100_000))
    return next(one for one in tries if surprises.is_drawn(one, terms) is drawn)


def come(
    cafe: Shop, *, drawn: bool = True, left: dict[str, int] | None = None, **more: Any
) -> Decision:
    """A visit whose entropy the rule draws."""
    origin = cafe.origin()._replace(entropy=lucky(cafe.program, drawn=drawn), left=left or {})
    return cafe.do(Earn(origin, **more))


def surprised(decision: Decision) -> list[list[Any]]:
    assert decision.entry is not None
    return list(decision.entry.facts.get("surprises", {}).values())


def test_what_is_drawn_is_published_arithmetic() -> None:
    """The first 8 bytes of SHA-256(entropy + "surprise:" + id), divisible by `one_in`."""
    (terms,) = of({**LUCK, "one_in": 3}).surprises
    for number in range(60):
        entropy = number.to_bytes(16)
        digest = sha256(entropy + b"surprise:luck").hexdigest()
        assert surprises.is_drawn(entropy, terms) is (int(digest[:16], 16) % 3 == 0)


class TestByHand:
    def test_a_voucher_a_named_giver_and_the_budget(self) -> None:
        cafe = shop(WARM)

        given = give(cafe)

        assert given.entry is not None
        assert (given.entry.kind, given.entry.staff) == ("bonus", "kata")
        assert given.entry.facts["note"] == "came back in the rain"
        (voucher,) = given.unlocked
        assert (voucher.reward_id, voucher.lots) == ("pastry", ())
        assert surprised(given) == [["warm", "pastry", "surprise:warm:2026-11", 70, ""]]
        assert given.counts == (("surprise:warm:2026-11", 70, 350),)
        assert cafe.verify() == []

    @pytest.mark.parametrize(
        ("window", "counter"),
        [("day", "surprise:warm:2026-11-22"), ("month", "surprise:warm:2026-11"),
         ("year", "surprise:warm:2026"), ("lifetime", "surprise:warm:")],
    )  # fmt: skip
    def test_a_budget_begins_again_with_its_period(self, window: str, counter: str) -> None:
        cafe = shop({**WARM, "budget": {"amount_minor": 70, "window": window}})
        assert give(cafe).counts == ((counter, 70, 70),)

    @pytest.mark.parametrize(("left", "enough"), [(70, True), (69, False), (0, False)])
    def test_what_is_left_must_pay_for_the_whole_gift(self, left: int, enough: bool) -> None:
        cafe = shop(WARM)
        known = {"surprise:warm:2026-11": left}
        if enough:
            assert len(give(cafe, left=known).unlocked) == 1
        else:
            assert refused(cafe, left=known) == RefusalCode.LIMIT_REACHED

    def test_only_members_of_its_tiers_and_segments(self) -> None:
        cafe = shop({**WARM, "tiers": ["friend"]})
        assert refused(cafe) == RefusalCode.TIER_REQUIRED
        for _ in range(3):
            cafe.visit()
        assert len(give(cafe).unlocked) == 1
        lapsed = shop({**WARM, "segments": ["lapsed"]})
        assert refused(lapsed) == RefusalCode.TIER_REQUIRED
        assert len(give(lapsed.later(days=61)).unlocked) == 1

    def test_a_refusal_says_why(self) -> None:
        cafe = shop({**WARM, "per_member": {"times": 1, "window": "day"}})
        give(cafe)
        with pytest.raises(Refused, match="limit of this surprise"):
            give(cafe)
        cafe.later(days=1)
        cafe.card = cafe.card._replace(
            open={f"vou_{n}": OpenVoucher("pastry", "x", 0, "") for n in range(OPEN_VOUCHERS_MAX)}
        )
        with pytest.raises(Refused, match="20 open vouchers"):
            give(cafe)
        with pytest.raises(Refused, match="budget is used up"):
            give(shop(WARM), left={"surprise:warm:2026-11": 69})
        few = shop({**WARM, "tiers": ["friend"], "segments": ["loyal"]})
        with pytest.raises(Refused, match="This is for friend, loyal members"):
            give(few)
        with pytest.raises(Refused, match="given out"):
            give(shop(WARM, rewards=[{**PASTRY, "stock": 3}]), left={"stock:pastry": 0})

    def test_what_can_be_given_is_named(self) -> None:
        for cafe, hint in (
            (shop(WARM, {**WARM, "id": "sun"}, LUCK), "must be one of: warm, sun"),
            (shop(LUCK), "there are none to give"),
        ):
            with pytest.raises(Refused) as refusal:
                give(cafe, "other")
            assert refusal.value.errors == (("surprise", hint),)

    def test_as_often_as_one_member_may_have_it(self) -> None:
        cafe = shop({**WARM, "per_member": {"times": 1, "window": "day"}})
        give(cafe)
        assert refused(cafe) == RefusalCode.LIMIT_REACHED
        assert len(give(cafe.later(days=1)).unlocked) == 1

    def test_stock_and_a_full_card(self) -> None:
        cafe = shop(WARM, rewards=[{**PASTRY, "stock": 3}])
        assert refused(cafe, left={"stock:pastry": 0}) == RefusalCode.OUT_OF_STOCK
        held = OpenVoucher("pastry", "x", 0, "")
        full = {f"vou_{n}": held for n in range(OPEN_VOUCHERS_MAX)}
        cafe.card = cafe.card._replace(open=full)
        assert refused(cafe) == RefusalCode.LIMIT_REACHED

    def test_what_is_not_there_or_is_drawn_by_a_rule_is_nobodys_to_give(self) -> None:
        cafe = shop(WARM, LUCK)
        assert [refused(cafe, it) for it in ("luck", "other", "")] == [RefusalCode.INVALID] * 3
        assert len(give(cafe, "warm").unlocked) == 1


class TestByRule:
    def test_one_in_so_many_and_always_the_same(self) -> None:
        """Of 20,000 operations about one in 50 is drawn; the same again."""
        (terms,) = of({**LUCK, "one_in": 50}).surprises
        tries = [number.to_bytes(16) for number in range(20_000)]
        drawn = [surprises.is_drawn(one, terms) for one in tries]
        assert 330 < sum(drawn) < 470
        assert drawn == [surprises.is_drawn(one, terms) for one in tries]

    def test_two_rules_are_drawn_apart(self) -> None:
        one, two = of(LUCK, {**LUCK, "id": "other"}).surprises
        tries = [number.to_bytes(16) for number in range(200)]
        both = [(surprises.is_drawn(it, one), surprises.is_drawn(it, two)) for it in tries]
        assert len(set(both)) == 4

    def test_a_visit_that_is_drawn_and_one_that_is_not(self) -> None:
        cafe = shop(LUCK)
        assert surprised(come(cafe, drawn=False)) == []
        given = come(cafe)
        assert [it[:2] for it in surprised(given)] == [["luck", "pastry"]]
        assert [it.reward_id for it in given.unlocked] == ["pastry"]
        assert given.entry is not None
        assert given.entry.kind == "earn"

    @pytest.mark.parametrize(
        ("on", "sale", "drawn"),
        [
            ([], {"visits": 1}, True),
            (["visit"], {"visits": 1}, True),
            (["spend"], {"visits": 1}, False),
            (["spend"], {"visits": 0, "spend_minor": 10}, True),
            (["visit"], {"visits": 0, "spend_minor": 10}, False),
            (["item"], {"visits": 1, "spend_minor": 10}, False),
            ([], {"visits": 0, "spend_minor": 0}, False),
        ],
    )
    def test_on_what_counted(self, on: list[str], sale: dict[str, Any], drawn: bool) -> None:
        cafe = shop({**LUCK, "on": on})
        assert bool(surprised(come(cafe, **sale))) is drawn

    def test_never_on_a_visit_that_was_refused(self) -> None:
        """A till's sale within the cool-down earns points, and draws nothing."""
        cafe = shop(LUCK, limits={"cooldown_minutes": 60})
        cafe.visit()
        again = come(cafe.later(minutes=5), spend_minor=900)
        assert again.refused
        assert surprised(again) == []

    def test_a_minimum_a_tier_a_segment(self) -> None:
        cafe = shop(
            {**LUCK, "min_spend_minor": 500, "tiers": ["friend"], "segments": ["returning"]}
        )
        assert surprised(come(cafe, visits=3, spend_minor=500)) == [], "not a friend before"
        assert surprised(come(cafe, spend_minor=499)) == []
        assert surprised(come(cafe, spend_minor=500)) != []

    def test_beyond_budget_stock_or_share_there_is_none_and_the_visit_counts(self) -> None:
        cafe = shop({**LUCK, "per_member": {"times": 1}}, rewards=[{**PASTRY, "stock": 5}])
        for left in ({"surprise:luck:2026-11": 69}, {"stock:pastry": 0}):
            decision = come(cafe, left=left)
            assert (surprised(decision), len(decision.entry.lines if decision.entry else ())) == (
                [], 1,
            )  # fmt: skip
        assert surprised(come(cafe)) != []
        assert surprised(come(cafe)) == []

    def test_rewards_come_before_surprises_on_a_card_with_one_place_left(self) -> None:
        coffee = {
            "id": "coffee", "name": "Coffee", "cost": {"unit": "stamp", "amount": 1}, "auto": True,
        }  # fmt: skip
        cafe = shop(LUCK, rewards=[PASTRY, coffee])
        held = OpenVoucher("pastry", "x", 0, "")
        cafe.card = cafe.card._replace(
            open={f"vou_{n}": held for n in range(OPEN_VOUCHERS_MAX - 1)}
        )
        assert [it.reward_id for it in come(cafe).unlocked] == ["coffee"]


class TestTakenBack:
    def test_the_whole_refund_cancels_it_and_gives_the_budget_back(self) -> None:
        cafe = shop({**LUCK, "per_member": {"times": 1, "window": "year"}})
        sale = come(cafe, spend_minor=1000)

        refund = cafe.later(days=20).refund(sale)

        assert [(it.reward_id, it.status) for it in refund.vouchers] == [("pastry", "cancelled")]
        assert [(name, by) for name, by, _ in refund.counts] == [("surprise:luck:2026-11", -70)]
        assert surprised(come(cafe, spend_minor=1000)) != [], "the member's share is free again"

    def test_part_of_a_refund_leaves_it_and_the_rest_takes_it(self) -> None:
        cafe = shop(LUCK)
        sale = come(cafe, spend_minor=1000)
        assert cafe.refund(sale, 400).counts == ()
        assert [by for _, by, _ in cafe.refund(sale).counts] == [-70]

    def test_what_was_redeemed_has_cost_its_money(self) -> None:
        cafe = shop(LUCK)
        sale = come(cafe, spend_minor=1000)
        (voucher,) = sale.unlocked
        cafe.redeem(voucher)
        assert cafe.refund(sale).counts == ()

    def test_also_when_the_program_knows_it_no_more(self) -> None:
        cafe = shop(LUCK)
        sale = come(cafe, spend_minor=1000)
        cafe.program = of()
        assert [by for _, by, _ in cafe.refund(sale).counts] == [-70]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"reward": "cake"}, "surprises.0.reward"),
        ({"reward": "free"}, "surprises.0.reward"),
        ({"budget": {"amount_minor": 69, "window": "day"}}, "surprises.0.budget.amount_minor"),
        ({"one_in": 5}, "surprises.0"),
        ({"on": ["visit"]}, "surprises.0"),
        ({"min_spend_minor": 1}, "surprises.0"),
        ({"by": "rule"}, "surprises.0"),
        ({"by": "rule", "one_in": 1}, "surprises.0.one_in"),
        ({"tiers": ["gold"]}, "surprises.0.tiers.0"),
        ({"budget": {"amount_minor": 70, "window": "week"}}, "surprises.0.budget.window"),
        ({"budget": None}, "surprises.0.budget"),
    ],
)
def test_mistakes_are_answered_by_path(change: dict[str, Any], path: str) -> None:
    with pytest.raises(Refused) as refusal:
        of({**WARM, **change}, rewards=[PASTRY, {"id": "free", "name": "Free"}])
    assert [where for where, _ in refusal.value.errors] == [path]
