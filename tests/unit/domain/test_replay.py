"""A card can be rebuilt from its entries alone, whatever it was stored as."""

from __future__ import annotations

import json
from typing import Any

import pytest

from regulars.domain import compact, replay
from regulars.domain.card import Card, Lot, OpenVoucher, TierRight, Window
from regulars.domain.ledger import Entry, Line, Recorded, parse, recorded
from regulars.domain.reasons import ReasonKind, plain
from tests.unit.domain.golden.history import CARDS
from tests.unit.domain.golden.test_stored_entries import card as stored_card
from tests.unit.domain.golden.test_stored_entries import entries as stored_entries
from tests.unit.domain.shop import Shop, make_program, reward, spend_rule, unit, visit_rule

FULL = Card(
    "c1", version=7, seq=4, head="ab", recorded_ms=40, enrolled_ms=10,
    lots={"point": (Lot("2027-01-31", "2026-12-01", 5),)}, debt={"stamp": 2}, carry={"spend": 3},
    windows={24300: Window(5, 1, 2), 24302: Window(1, 1, 1)}, lifetime=Window(9, 3, 4),
    last_visit_ms=39, visited={"35": 1, "39": 2},
    tier=TierRight("gold", "2026-01-01", "2027-12-31"),
    held={"gold/hand": TierRight("gold", "2026-01-01", "2027-12-31")},
    inactive_after={"point": "2027-05-01"}, came={"740000": 1, "740007": 2},
    open={"vou_1": OpenVoucher("coffee", "CODE", 20, "2026-12-24", 9)},
    taken={"coffee": ("2026", 1)}, stepped=3, traced=1, erased_ms=70,
    merged_into="c2", holds={"fraud.card_velocity-2026-11-22-c1": 38},
    due={"expire": "2026-12-25T00"},
)  # fmt: skip
ENTRY = Entry(5, "op", "earn", 50, 50, "api", 1, (), {}, patch=None)


def read_back(change: dict[str, Any], entry: Entry = ENTRY) -> Entry:
    """The entry with a patch, as it is read from its text."""
    return parse(recorded(entry._replace(patch=change), "").text)


def after(before: Card, entry: Entry) -> Card:
    """The card that a fold standing at `before` comes to."""
    fold = replay.Fold("c1", "UTC")
    fold.card = before
    fold.add(entry, "cd")
    return fold.card


class TestEveryField:
    """Each field of a card is written by one table; a new one cannot be forgotten."""

    def test_has_a_place_in_the_table(self) -> None:
        assert {"member_id", "version", "rest", *compact.FIELDS} == set(Card._fields)
        used = [field.key for field in compact.FIELDS.values()]
        assert len(set(used)) == len(used)
        assert replay.BASE not in used

    def test_survives_the_table(self) -> None:
        assert all(getattr(FULL, name) for name in Card._fields if name != "rest"), (
            "the sample leaves one out"
        )
        written = json.loads(json.dumps(compact.dump(FULL)))
        assert compact.load(written, "c1", 7) == FULL

    def test_what_a_newer_version_keeps_of_a_card_survives(self) -> None:
        newer = compact.dump(FULL) | {"newer": [1, {"a": 2}]}
        assert compact.dump(compact.load(newer, "c1", 7)) == newer

    @pytest.mark.parametrize("name", sorted({*replay.IN_ENTRIES} - {"lots", "debt"}))
    def test_is_told_by_the_patch_when_it_comes_changes_and_goes(self, name: str) -> None:
        empty = Card("c1", seq=4, traced=1, enrolled_ms=0)
        with_it = empty._replace(**{name: getattr(FULL, name)})
        for before, now in ((empty, with_it), (with_it, empty), (with_it, with_it)):
            entry = read_back(replay.patch_of(before, ENTRY, now))
            assert getattr(after(before, entry), name) == getattr(now, name)
            assert bool(entry.patch) is (before is not now)

    def test_is_told_even_where_lines_and_card_part(self) -> None:
        """Lots and debt follow from the lines; whatever does not is in the patch."""
        line = Line("point", 3, "2027-01-31/2026-12-01", "r", plain(ReasonKind.BONUS))
        entry = ENTRY._replace(lines=(line,))
        follows = FULL.with_lots("point", (Lot("2027-01-31", "2026-12-01", 8),))
        assert replay.patch_of(FULL, entry, follows) == {}
        odd = follows.with_lots("stamp", (Lot("", "", 1),)).with_debt("stamp", 0)
        read = after(FULL, read_back(replay.patch_of(FULL, entry, odd), entry))
        assert (read.lots, read.debt) == (odd.lots, odd.debt)


def busy_shop() -> Shop:
    """A small programme with a tier, a limit, a daily cap and an automatic reward."""
    shop = Shop(make_program(
        units=[unit(), unit("stamp", "stamps", expiry={"type": "inactivity", "months": 6})],
        earn=[spend_rule(1, 300), visit_rule()],
        rewards=[reward("coffee", 3, "stamp", auto=True, valid_days=30),
                 reward("book", 5, per_member={"times": 2, "window": "month"})],
        tiers=[{"id": "friend", "name": "Friend",
                "enter": [{"metric": "spend", "window": "year", "at_least": 2000}]}],
        limits={"visits_per_day": 3},
    ))  # fmt: skip
    shop.join()
    return shop


def test_all_of_a_busy_card_is_rebuilt_with_its_vouchers() -> None:
    shop = busy_shop()
    first = shop.sale(2500)
    shop.later(days=1).sale(700)
    shop.later(days=1).visit()
    shop.redeem(shop.issue("book"))
    shop.refund(first)
    shop.later(days=40).expire()
    fold = replay.replay("c1", shop.ledger, "Europe/Budapest")
    assert fold.card == shop.card._replace(version=0, due={})
    assert replay.differences(shop.card, fold) == []
    assert {one.status for one in fold.vouchers.values()} == {"redeemed", "expired"}
    for voucher_id, voucher in shop.vouchers.items():
        assert fold.vouchers[voucher_id] == voucher


def test_each_difference_is_named_with_both_values() -> None:
    shop = busy_shop()
    shop.sale(700)
    fold = replay.replay("c1", shop.ledger, "Europe/Budapest")
    spoilt = shop.card._replace(
        carry={"spend": 99}, windows={}, lifetime=Window(1, 1, 1), taken={"coffee": ("", 4)}
    )
    assert replay.differences(spoilt, fold) == [
        ("carry.spend", 99, 100),
        ("lifetime", [1, 1, 1], [700, 1, 2]),
        ("taken.coffee", ["", 4], None),
        ("windows.2026-11", None, [700, 1, 2]),
    ]
    assert replay.rebuilt(spoilt, fold)._replace(version=0) == fold.card


class TestEntriesFromBeforePatches:
    @pytest.mark.parametrize("name", CARDS)
    def test_tell_lots_and_debt_and_say_what_they_do_not_tell(self, name: str) -> None:
        fold = replay.replay("c1", stored_entries(name), "Europe/Budapest")
        card = stored_card(name)
        assert (fold.card.lots, fold.card.debt) == (card.lots, card.debt)
        assert {"carry", "open", "held", "taken"} <= fold.unknown
        assert not fold.unknown & {"lots", "debt", "enrolled_ms"}
        found = {one.path for one in replay.differences(card, fold)}
        assert found == {"recorded_ms", "enrolled_ms"}, "the sample has neither"

    def test_tell_how_a_voucher_ended(self) -> None:
        fold = replay.replay("c1", stored_entries("busy"), "Europe/Budapest")
        book = fold.vouchers["vou_1yfd5893ff"]
        assert (book.status, book.closed_ms) == ("redeemed", 1772707260002)

    def test_tell_the_windows_until_something_was_refunded(self) -> None:
        old = [without_patch(one) for one in sold_twice().ledger]
        fold = replay.replay("c1", old, "Europe/Budapest")
        assert fold.card.windows == sold_twice().card.windows
        assert "windows" not in fold.unknown
        refunded = sold_twice()
        refunded.refund(refunded.decided[-1])
        fold = replay.replay("c1", [without_patch(one) for one in refunded.ledger], "UTC")
        assert {"windows", "lifetime"} <= fold.unknown

    def test_are_followed_by_one_that_holds_the_whole_state(self) -> None:
        shop = sold_twice()
        old = [without_patch(one) for one in shop.ledger]
        head = old[-1].hash
        shop.card = shop.card._replace(traced=0, head=head)
        shop.ledger = list(old)
        shop.sale(900)
        assert shop.card.traced == shop.card.seq
        shop.sale(901)
        fold = replay.replay("c1", shop.ledger, "Europe/Budapest")
        assert not fold.unknown
        assert fold.card == shop.card._replace(version=0, due={})


def sold_twice() -> Shop:
    shop = busy_shop()
    shop.sale(700)
    shop.later(days=1).sale(800)
    return shop


def without_patch(stored: Recorded) -> Recorded:
    """An entry as it was written before; its chain is of no matter here."""
    text = recorded(parse(stored.text)._replace(patch=None), "").text
    return stored._replace(text=text)
