"""Hold what one person at the counter books in a day under limits, against self-stamping.

Only what is booked by hand counts; what tills report is bound to payments. Whoever manages the
counter can go beyond the limits, and the entry says so.
"""

from __future__ import annotations

from regulars.domain import surprises
from regulars.domain.allowances import Allowance, StaffDay
from regulars.domain.ledger import Entry
from regulars.domain.operations import AnyOperation, Earn, GiveSurprise, Reverse, ReverseRedemption
from regulars.domain.refusals import RefusalCode, Refused


def require_within(allowance: Allowance, operation: AnyOperation, today: str) -> None:
    """Raise STAFF_LIMIT when an operation of `today` goes beyond a limit; zero is no limit."""
    limits, before = allowance
    if before.day != today:
        before = StaffDay(today)
    if isinstance(operation, Earn):
        spend = _spend(operation)
        if 0 < limits.spend_minor_per_sale < spend:
            raise _refused("This is more than one sale may come to here.")
        if 0 < limits.spend_minor_per_day < before.spend_minor + spend:
            raise _refused("You have booked as much money today as you may.")
        if 0 < limits.visits_per_day < before.visits + operation.visits:
            raise _refused(f"You have booked {before.visits} visits today, as many as you may.")
    elif isinstance(operation, GiveSurprise) and 0 < limits.gifts_per_day <= before.gifts:
        raise _refused(f"You have given {before.gifts} gifts today, as many as you may.")
    elif (
        isinstance(operation, Reverse | ReverseRedemption)
        and 0 < limits.undos_per_day <= before.undos
    ):
        raise _refused(f"You have taken back {before.undos} times today, as often as you may.")


def _spend(operation: Earn) -> int:
    """Return the money of a sale as it is booked: what was paid, or what its items come to."""
    if operation.spend_minor is not None:
        return operation.spend_minor
    return sum(item.amount_minor for item in operation.items) - operation.discount_minor


def _refused(why: str) -> Refused:
    return Refused(RefusalCode.STAFF_LIMIT, f"{why} A manager can go on.")


def counted(before: StaffDay, entry: Entry, today: str) -> StaffDay:
    """Return what a person has booked today after an entry of theirs; another day begins at zero.

    What is taken back counts as taken back, and no longer as booked.
    """
    day = before if before.day == today else StaffDay(today)
    facts = entry.facts
    taken_back = "reverses" in facts or entry.kind == "reverse"
    spend = -int(facts.get("amount", 0)) if taken_back else int(facts.get("spend", 0))
    return day._replace(
        visits=max(0, day.visits + int(facts.get("visits", 0))),
        spend_minor=max(0, day.spend_minor + spend),
        gifts=day.gifts + len(facts.get(surprises.FACTS, ())) * (entry.kind == "bonus"),
        undos=day.undos + taken_back,
    )
