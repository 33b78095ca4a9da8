"""A visit that nobody has seen: it waits on the card until it is confirmed, or dropped."""

from __future__ import annotations

from typing import Any

import pytest

from regulars.domain import held_visits, reasons
from regulars.domain.allowances import Scan
from regulars.domain.calendar import hour_of
from regulars.domain.card import HELD, Lot
from regulars.domain.decision import Decision
from regulars.domain.held_visits import ConfirmVisit, DropVisit, HeldVisit, HoldVisit
from regulars.domain.ledger import Entry
from regulars.domain.operations import Adjust
from regulars.domain.refusals import RefusalCode, Refused
from tests.unit.domain.shop import Shop, make_program, reward, spend_rule, unit, visit_rule
from tests.unit.domain.versions import Versions

SCAN = Scan("printed", 10, 2)
THREE_MONTHS = {"type": "months", "months": 3}


def shop(**sections: Any) -> Shop:
    given: dict[str, Any] = {
        "units": [unit("stamp", "stamps", expiry=THREE_MONTHS), unit()],
        "earn": [visit_rule(2), spend_rule()],
        **sections,
    }
    opened = Shop(make_program(**given))
    opened.join()
    return opened.later(seconds=1)


def hold(cafe: Shop, visits: int = 1, scan: Scan = SCAN) -> Entry:
    entry = cafe.do(HoldVisit(cafe.origin(source="card"), visits, scan)).entry
    assert entry is not None
    return entry


def waiting(cafe: Shop) -> list[HeldVisit]:
    return list(held_visits.of(cafe.card))


def confirm(cafe: Shop, booked: Entry, held: HeldVisit | None = None) -> Decision:
    """As of when the visit was; the first that waits unless another is named."""
    held = held or waiting(cafe)[0]
    return cafe.do(ConfirmVisit(cafe.origin(effective_ms=held.at_ms), held, booked))


def drop(cafe: Shop, booked: Entry, held: HeldVisit | None = None) -> Decision:
    return cafe.do(DropVisit(cafe.origin(source="job"), held or waiting(cafe)[0], booked))


def refused(call: Any, *given: Any) -> RefusalCode:
    with pytest.raises(Refused) as found:
        call(*given)
    code: RefusalCode = found.value.code
    return code


def test_what_it_would_give_is_there_and_cannot_be_spent() -> None:
    cafe = shop()
    booked = hold(cafe, 2)
    (held,) = waiting(cafe)
    assert held == HeldVisit("c1", booked.seq, booked.effective_ms, 2)
    assert (held.name, held.entry_id) == (f"h:c1.{booked.seq}", f"c1.{booked.seq}")
    assert held.until_ms == booked.effective_ms + 7 * 24 * 3600 * 1000
    assert cafe.card.lots["stamp"] == (Lot("2027-02-28", HELD, 4),)
    assert (cafe.available("stamp"), cafe.card.pending("stamp", cafe.today)) == (0, 4)
    assert (cafe.card.lifetime.visits, cafe.card.last_visit_ms) == (0, 0)
    assert (booked.kind, booked.facts) == ("earn", {"held": 2})
    (line,) = booked.lines
    assert (line.rule, line.reason) == ("visit", reasons.held(2))
    assert cafe.verify() == []


def test_it_gives_what_the_tier_gives_and_only_for_the_visit() -> None:
    tiers = [{"id": "all", "name": "All", "multiplier": "1.5"}]
    earn = [
        visit_rule(1),
        visit_rule(7) | {"id": "dear", "min_spend_minor": 100},
        visit_rule(3) | {"id": "points", "unit": "point"},
        spend_rule(),
    ]
    cafe = shop(tiers=tiers, earn=earn)
    hold(cafe)
    pending = [cafe.card.pending(one, cafe.today) for one in ("stamp", "point")]
    assert pending == [1 * 1500 // 1000, 3 * 1500 // 1000]


def test_confirmed_it_is_a_visit_of_when_it_was() -> None:
    cafe = shop(rewards=[reward("coffee", 4, "stamp", auto=True)])
    booked = hold(cafe, 2)
    cafe.later(days=3)
    done = confirm(cafe, booked)
    entry = done.entry
    assert entry is not None
    assert (entry.kind, entry.facts["confirms"], entry.facts["visits"]) == (
        "earn", f"c1.{booked.seq}", 2,
    )  # fmt: skip
    assert [one.reward_id for one in done.unlocked] == ["coffee"]
    assert entry.lines[0].reason.kind == "confirmed"
    assert (waiting(cafe), cafe.card.lots) == ([], {})
    assert (cafe.card.lifetime.visits, cafe.card.last_visit_ms) == (2, booked.effective_ms)
    assert "awaited" not in entry.facts
    assert "held_visit" not in cafe.card.due
    assert refused(confirm, cafe, booked, HeldVisit("c1", booked.seq, booked.effective_ms, 2)) is (
        RefusalCode.ALREADY_REVERSED
    )
    assert cafe.verify() == []


def test_confirmed_it_pays_what_is_owed() -> None:
    cafe = shop()
    booked = hold(cafe)
    cafe.do(Adjust(cafe.origin(), "stamp", -3, "spent twice", allow_debt=True))
    assert dict(cafe.card.debt) == {"stamp": 3}
    confirm(cafe, booked)
    assert (dict(cafe.card.debt), cafe.available("stamp")) == ({"stamp": 1}, 0)


def test_limits_say_what_a_confirmed_visit_does_not_grant() -> None:
    cafe = shop(limits={"visits_per_day": 2})
    booked = hold(cafe, 2)
    cafe.visit()
    done = confirm(cafe, booked)
    assert [name for name, _ in done.refused] == ["limits"]
    assert cafe.card.lifetime.visits == 2


def test_dropped_it_leaves_nothing() -> None:
    cafe = shop()
    booked = hold(cafe)
    cafe.later(days=7)
    entry = drop(cafe, booked).entry
    assert entry is not None
    assert (entry.kind, entry.facts) == ("expire", {"drops": f"c1.{booked.seq}"})
    assert [(line.amount, line.rule, line.reason.kind) for line in entry.lines] == [
        (-2, "visit", "unconfirmed")
    ]
    assert (cafe.card.lots, waiting(cafe), cafe.card.lifetime.visits) == ({}, [], 0)
    assert refused(drop, cafe, booked, HeldVisit("c1", booked.seq, booked.effective_ms, 1)) is (
        RefusalCode.ALREADY_REVERSED
    )


def test_only_what_is_left_of_it_is_taken_out() -> None:
    """The rest has been confirmed with the visit beside it: lots of one day are one."""
    cafe = shop()
    first, second = hold(cafe), hold(cafe.later(minutes=10))
    lot = cafe.card.lots["stamp"][0]
    cafe.card = cafe.card.with_lots("stamp", (lot._replace(amount=3),))
    taken = [
        drop(cafe, one, held) for one, held in zip((first, second), waiting(cafe), strict=True)
    ]
    assert [one.entry and one.entry.lines[0].amount for one in taken] == [-2, -1]
    third = hold(cafe.later(days=1))
    cafe.card = cafe.card.with_lots("stamp", ())
    nothing = drop(cafe, third).entry
    assert nothing is not None
    assert nothing.lines == ()


def test_a_refund_of_it_takes_it_out() -> None:
    cafe = shop()
    first, second = hold(cafe), hold(cafe.later(minutes=10), 2)
    booked = cafe.decided[-1]
    entry = cafe.refund(booked).entry
    assert entry is not None
    assert [(line.amount, line.reason.kind) for line in entry.lines] == [(-4, "refund")]
    assert [held.seq for held in waiting(cafe)] == [first.seq]
    confirm(cafe, first)
    assert refused(cafe.refund, cafe.decided[1]) is RefusalCode.ALREADY_REVERSED
    assert second.seq != first.seq


def test_it_is_due_when_it_has_waited_long_enough() -> None:
    cafe = shop()
    first = hold(cafe)
    assert cafe.card.due["held_visit"] == "2026-11-29T09"
    hold(cafe.later(days=1))
    assert cafe.card.due["held_visit"] == "2026-11-29T09"
    drop(cafe.later(days=6), first)
    assert cafe.card.due["held_visit"] == "2026-11-30T09"


def test_one_that_is_late_already_is_due_now() -> None:
    cafe = shop()
    first, second = hold(cafe), hold(cafe.later(days=1))
    cafe.later(days=20)
    drop(cafe, first)
    assert cafe.card.due["held_visit"] == hour_of(cafe.now)
    assert [held.seq for held in waiting(cafe)] == [second.seq]


def test_codes_on_walls_have_limits() -> None:
    """Ten minutes apart, and twice a day."""
    cafe = shop()
    hold(cafe)
    assert refused(hold, cafe.later(minutes=9)) is RefusalCode.CAP_REACHED
    hold(cafe.later(minutes=1))
    assert refused(hold, cafe.later(minutes=10)) is RefusalCode.CAP_REACHED
    hold(cafe.later(days=1))


def test_what_waits_counts_under_the_limits_of_visits() -> None:
    free = Scan("printed", 0, 0)
    cafe = shop(limits={"visits_per_day": 2, "cooldown_minutes": 30})
    hold(cafe, 1, free)
    cafe.later(minutes=29)
    assert refused(hold, cafe, 1, free) is RefusalCode.CAP_REACHED
    hold(cafe.later(minutes=1), 1, free)
    assert refused(hold, cafe.later(minutes=30), 1, free) is RefusalCode.CAP_REACHED
    hold(cafe.later(days=1), 2, free)


def test_what_an_entry_carries_over_belongs_to_the_visit_before() -> None:
    """The entry of the second visit brings what waits for the first one into a new unit."""

    def earning(name: str, **more: Any) -> dict[str, Any]:
        units = [unit(name, "stamps", expiry=THREE_MONTHS, **more)]
        return {"units": units, "earn": [visit_rule(2) | {"unit": name}]}

    versions = Versions(**earning("stamp"))
    cafe = Shop(versions.program)
    cafe.join()
    first = hold(cafe.later(seconds=1))
    cafe.program = versions.publish(
        **earning("star", replaces={"unit": "stamp", "rate": "1"})
    )  # fmt: skip
    second = hold(cafe.later(minutes=20))
    assert cafe.card.pending("star", cafe.today) == 4
    drop(cafe, second, waiting(cafe)[1])
    assert cafe.card.pending("star", cafe.today) == 2
    confirm(cafe, first)
    assert (cafe.available("star"), cafe.card.pending("star", cafe.today)) == (2, 0)
    assert cafe.verify() == []


def test_who_is_seen_confirms_what_waits() -> None:
    """A sale names the visits that wait; the outbox confirms them. A confirmed one names none."""
    cafe = shop()
    first, second = hold(cafe), hold(cafe.later(minutes=10))
    cafe.later(minutes=10)
    sold = cafe.sale(500).entry
    assert sold is not None
    names = [f"h:c1.{booked.seq}" for booked in (first, second)]
    assert sold.facts["awaited"] == names
    done = confirm(cafe, first).entry
    assert done is not None
    assert "awaited" not in done.facts
    last = cafe.visit().entry
    assert last is not None
    assert last.facts["awaited"] == names[1:]
