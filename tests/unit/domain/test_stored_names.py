"""Names that are stored stay as they are: cards of years ago are read by them."""

from __future__ import annotations

from typing import Any

from regulars.domain import compact, replay
from regulars.domain.allowances import Scan
from regulars.domain.card import Card, OpenVoucher, Window
from regulars.domain.held_visits import HoldVisit
from regulars.domain.operations import Celebrate, GiveSurprise, GrantBonus, RewardAction
from regulars.domain.rewards import OPEN_VOUCHERS_MAX
from tests.unit.domain.shop import Shop, make_program, reward, spend_rule, unit, visit_rule

POINT = {"unit": "point", "amount": 1}
CAKE = {"id": "cake", "name": "Cake", "cost_minor": 100}
DOCUMENT: dict[str, Any] = {
    "units": [unit(expiry={"type": "months", "months": 1})],
    "earn": [
        spend_rule(), visit_rule(1, unit="point"),
        {"id": "tell", "on": "action", "action": "review", "unit": "point", "amount": 1,
         "per_member": {"times": 9, "window": "year"}},
        {"id": "day", "on": "birthday", "unit": "point", "amount": 1},
    ],
    "rewards": [reward("ten", 10, per_member={"times": 40, "window": "month"}), CAKE,
                reward("auto", 999, auto=True, valid_days=3, when_unused="once")],
    "tiers": [{"id": "all", "name": "All",
               "benefits": [{"id": "weekly", "reward": "cake", "every": "week"}]}],
    "campaigns": [{"id": "first", "bonus": {"unit": "point", "amount": 1}, "on": ["spend"],
                   "per_member": 9}],
    "milestones": [
        {"id": "mark", "name": "Mark", "metric": "visits", "at": 1, "reward": "cake"},
        {"id": "dash", "name": "Dash", "metric": "visits", "at": 9, "until": "2027-12-31",
         "reward": "cake"},
        {"id": "weeks", "name": "Weeks", "metric": "weeks", "at": 9, "reward": "cake"},
    ],
    "raffles": [{"id": "xmas", "name": "Xmas", "from": "2026-01-01", "until": "2027-12-31",
                 "reward": "cake"}],
    "surprises": [{"id": "treat", "name": "Treat", "reward": "cake", "by": "staff",
                   "per_member": {"times": 9, "window": "day"},
                   "budget": {"amount_minor": 9000, "window": "month"}}],
    "referral": {"friend": POINT, "referrer": POINT},
}  # fmt: skip


def counted(cafe: Shop) -> dict[str, tuple[str, int]]:
    return dict(cafe.card.taken)


def test_what_a_card_counts_is_found_again() -> None:
    cafe = Shop(make_program(**DOCUMENT))
    cafe.join()
    cafe.later(seconds=1).sale(5000)
    cafe.do(RewardAction(cafe.origin(), "review"))
    cafe.do(GrantBonus(cafe.origin(), "friend", "point", 1, referral=True))
    cafe.do(GiveSurprise(cafe.origin(), "treat"))
    cafe.do(HoldVisit(cafe.origin(), 1, Scan("printed", 240, 2)))
    held = cafe.card.recorded_ms
    cafe.issue("ten")
    assert counted(cafe) == {
        "b:weekly": ("2026-11-16", 1),
        "campaign:first": ("", 1),
        "n:first": ("2.2", 1),
        "s:weeks": ("2026-11-16/2026-11-16/1", 1),
        "v:dash": ("", 1),
        "r:xmas": ("", 1),
        "m:mark": ("", 1),
        "a:tell": ("2026", 1),
        "n:referrals": ("", 1),
        "surprise:treat": ("2026-11-22", 1),
        "q:printed": ("2026-11-22", 1),
        "w:printed": (str(held), 1),
        "h:c1.6": (str(held), 1),
        "ten": ("2026-11", 1),
    }


def test_so_are_days_that_were_celebrated_and_what_expired_or_waits() -> None:
    cafe = Shop(make_program(**DOCUMENT))
    cafe.join()
    cafe.adjust("point", 1000)
    cafe.later(days=31).do(Celebrate(cafe.origin(source="job"), "birthday", "12-23"))
    assert counted(cafe)["y:birthday"] == ("2026", 1)
    cafe.expire()
    cafe.later(days=10).expire()
    assert counted(cafe)["x:auto"] == ("", 1)
    assert counted(cafe)["x:point:2026-12-31"] == ("", 1000)
    full = {f"vou_{n}": OpenVoucher("ten", "x", 0, "") for n in range(OPEN_VOUCHERS_MAX)}
    cafe.card = cafe.card._replace(open=full)
    cafe.visit()
    assert counted(cafe)["w:cake"] == ("", 1)


def test_and_visits_that_were_refunded() -> None:
    cafe = Shop(make_program(units=[unit()], earn=[spend_rule()]))
    cafe.join()
    first = cafe.later(seconds=1).sale(100)
    second = cafe.later(seconds=1).sale(100)
    assert first.entry is not None
    assert second.entry is not None
    cafe.refund(first)
    assert counted(cafe) == {f"l:{first.entry.effective_ms}": ("0", 1)}


def test_a_patch_that_holds_the_whole_state_says_so() -> None:
    cafe = Shop(make_program(units=[unit()], earn=[spend_rule()]))
    cafe.join()
    cafe.card = cafe.card._replace(traced=0)
    entry = cafe.sale(100).entry
    assert entry is not None
    assert entry.patch is not None
    assert entry.patch[replay.BASE] == entry.patch["*"] == 1
    refund = cafe.refund(cafe.decided[-1], 50).entry
    assert refund is not None
    assert refund.patch is not None
    assert list(refund.patch["r"]) == [str(entry.seq)]


def test_a_field_of_a_card_is_found_again() -> None:
    assert {field.key: name for name, field in compact.FIELDS.items()} == {
        "q": "seq", "h": "head", "r": "recorded_ms", "e": "enrolled_ms", "l": "lots", "d": "debt",
        "c": "carry", "w": "windows", "t": "lifetime", "v": "last_visit_ms", "j": "came",
        "a": "visited", "k": "tier", "m": "held", "i": "inactive_after", "o": "open",
        "n": "taken", "g": "stepped", "p": "traced", "z": "erased_ms", "f": "merged_into",
        "b": "holds", "u": "due",
    }  # fmt: skip
    assert {"y", *(field.key for field in compact.FIELDS.values())} == compact.KEYS


def test_months_days_and_instants_are_written_in_a_row() -> None:
    card = Card(
        "c1", windows={24300: Window(5, 1, 2), 24302: Window(1, 1, 1)},
        came={"740000": 1, "740007": 2}, visited={"35": 1, "39": 3},
    )  # fmt: skip
    written = compact.dump(card)
    assert written == {
        "t": [0, 0, 0], "w": [24300, [5, 1, 2], 0, [1, 1, 1]],
        "j": [740000, [7, 2]], "a": [35, [4, 3]],
    }  # fmt: skip
    assert compact.load({**written, "q": 0, "h": "", "r": 0, "e": 0}, "c1", 0) == card
