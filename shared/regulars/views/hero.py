"""What a card says first: the one true thing of the moment.

One pure function chooses it from the card and its newest entries, by a fixed order: what has just
been redeemed, a hold, a debt, what waits, what was not used in time, what can be chosen, the way to
the next reward. Words and pictures are the page's.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, Literal, NamedTuple, cast

from regulars.domain import calendar, eligibility
from regulars.domain.card import Card, OpenVoucher
from regulars.domain.ledger import Entry
from regulars.domain.program import Program, Reward
from regulars.domain.reasons import ReasonKind
from regulars.domain.rewards import in_debt
from regulars.i18n import Text, UnitNames
from regulars.views.customer import GoalPanel, goal, goal_of, usable

REDEEMED = timedelta(seconds=30)
"""How long a card says that something has just been redeemed."""

Kind = Literal[
    "redeemed", "held", "debt", "several", "reached", "expired", "lapsed", "enough", "way", "none"
]


class Mark(NamedTuple):
    """A reward on the line of points: what it costs, and whether there is enough for it."""

    cost: int
    reached: bool


class Hero(NamedTuple):
    """What the card says first, and what its picture and button need.

    - `redeemed`: `reward` was redeemed `at` an instant; the panel ends in `left_ms`.
    - `held`: the shop looks at something first. `debt`: `owed` of `unit` settle a refund.
    - `several`, `reached`: the `reward` waits, so many `times`; `voucher_id` ends first, on `until`
      (None without an end); `every` is how often the tier gives it.
    - `expired`: `reward` was there until `until` and can be asked for again (`reward_id`).
      `lapsed`: the same, but its units went with it.
    - `enough`: `reward_id` can be chosen now. `way`: `goal` says what is missing. `none`: nothing
      is to be collected.
    """

    kind: Kind
    goal: GoalPanel | None = None
    reward: Text | None = None
    reward_id: str = ""
    times: int = 0
    until: date | None = None
    voucher_id: str = ""
    every: str = ""
    full: bool = False
    """Whether what waits was collected with stamps: the whole card is shown full."""
    unit: UnitNames | None = None
    owed: int = 0
    at: datetime | None = None
    left_ms: int = 0
    marks: tuple[Mark, ...] = ()
    """The rewards on the line of points, the cheapest first."""

    @property
    def missing(self) -> int:
        """How much of the goal's unit is missing, with what is owed."""
        found = self.goal
        return max(0, found.need - found.have + found.owed) if found else 0


def hero(
    program: Program,
    card: Card,
    newest: Iterable[Entry],
    now: datetime,
    lapsed: OpenVoucher | None = None,
    *,
    fresh: bool = False,
) -> Hero:
    """Choose what a card says first.

    `newest` are its newest entries, the newest first; `lapsed` is the voucher that was not used in
    time last, where it is known. With `fresh` neither a redemption nor a reward that is gone is
    spoken of: the member has seen it.
    """
    today = calendar.local_date(now, program.timezone)
    entries = list(newest)
    way = Hero("way", goal(program, card, today), marks=marks(program, card, today))
    if not fresh and entries and (done := _redeemed(program, entries[0], now)):
        return done._replace(goal=way.goal)
    ready = usable(card, today)
    if card.holds and (ready or _affordable(program, card, today)):
        return way._replace(kind="held")
    if in_debt(program, card):
        return _debt(program, card, way)
    if ready:
        return _waiting(program, card, ready, way)
    found = _not_used(program, card, entries, today, lapsed)
    if found and (found.kind == "expired" or not fresh):
        return found._replace(goal=way.goal)
    chosen = goal_of(program, card, today)
    if chosen and way.missing == 0 and _can_be_had(program, card, chosen, today):
        return way._replace(kind="enough", reward=chosen.name, reward_id=chosen.id)
    return way if way.goal else way._replace(kind="none")


def marks(program: Program, card: Card, today: date) -> tuple[Mark, ...]:
    """The rewards that cost the goal's points, for the line of them; none for stamps, and none when
    there is only one."""
    found = goal_of(program, card, today)
    if found is None or program.units[found.unit].kind == "stamps":
        return ()
    have = card.available(found.unit, today.isoformat())
    costs = sorted({one.cost for one in program.rewards.values() if one.unit == found.unit})
    return tuple(Mark(cost, have >= cost) for cost in costs if cost) if len(costs) > 1 else ()


def _redeemed(program: Program, entry: Entry, now: datetime) -> Hero | None:
    """What the newest entry redeemed, for half a minute."""
    at = calendar.from_ms(entry.recorded_ms)
    left = at + REDEEMED - now
    if entry.kind != "redeem" or left <= timedelta():
        return None
    terms = entry.facts.get("terms", entry.program_version)
    reward = program.terms(entry.facts.get("reward", ""), terms)
    left_ms = min(left, REDEEMED) // timedelta(milliseconds=1)
    return Hero("redeemed", reward=reward.name if reward else "", at=at, left_ms=left_ms)


def _debt(program: Program, card: Card, way: Hero) -> Hero:
    """What is owed, of the unit of the goal if that is owed."""
    owed = [unit for unit, amount in card.debt.items() if amount and program.unit(unit)]
    goals = (one for one in owed if way.goal and _name(program, one) == way.goal.unit)
    unit_id = next(goals, owed[0])
    return way._replace(kind="debt", unit=_name(program, unit_id), owed=card.debt[unit_id])


def _name(program: Program, unit_id: str) -> UnitNames:
    unit = program.unit(unit_id)
    names: Any = unit.name if unit else {}
    return cast(UnitNames, names)


def _waiting(program: Program, card: Card, ready: list[OpenVoucher], way: Hero) -> Hero:
    """What waits: the reward whose end comes first, and how many of it."""
    first = min(ready, key=lambda held: (held.expires_on or "~", held.issued_ms, held.code))
    same = [held for held in ready if held.reward_id == first.reward_id]
    terms = program.terms(first.reward_id, first.version)
    return way._replace(
        kind="several" if len(same) > 1 else "reached",
        reward=terms.name if terms else first.reward_id,
        reward_id=first.reward_id,
        times=len(same),
        until=date.fromisoformat(first.expires_on) if first.expires_on else None,
        voucher_id=next(name for name, held in card.open.items() if held == first),
        every=_every(program, first),
        full=bool(
            terms
            and first.cost
            and terms.unit in program.units
            and program.units[terms.unit].kind == "stamps"
            and way.goal
        ),
    )


def _every(program: Program, held: OpenVoucher) -> str:
    """How often a tier gives what a voucher is for; empty for what was collected."""
    return next(
        (
            benefit.every
            for tier in program.tiers
            for benefit in tier.benefits
            if held.benefit and benefit.id == held.benefit
        ),
        "",
    )


def _not_used(
    program: Program, card: Card, entries: list[Entry], today: date, lapsed: OpenVoucher | None
) -> Hero | None:
    """An automatic reward that was not used in time: its units lie on the card again, or are gone
    (then it is spoken of until something else happens)."""
    day = today.isoformat()
    over = [held for held in card.open.values() if held.expires_on and held.expires_on < day]
    gone = max(over, key=lambda held: held.expires_on) if over else lapsed
    until = date.fromisoformat(gone.expires_on) if gone and gone.expires_on else None
    for reward in program.rewards.values():
        full = reward.auto and reward.cost and _can_be_had(program, card, reward, today)
        if full:
            own = until if gone and gone.reward_id == reward.id else None
            return Hero("expired", reward=reward.name, reward_id=reward.id, until=own)
    newest = entries[0] if entries else None
    lost = program.rewards.get(gone.reward_id) if gone else None
    if lost is None or not lost.auto:
        return None
    if over:  # the job that gives its units back has not run yet
        return Hero("expired", reward=lost.name, until=until)
    if newest and newest.kind == "expire":
        return Hero("lapsed", reward=lost.name, reward_id=lost.id, until=until)
    return None


def lapsed_in(entries: Iterable[Entry]) -> str:
    """The id of the voucher that the newest expiry gave back or ended; empty when there is none."""
    for entry in entries:
        if entry.kind != "expire":
            continue
        for line in entry.lines:
            if line.reason.kind is ReasonKind.RETURNED and line.reason.voucher_id:
                return line.reason.voucher_id
    return ""


def _can_be_had(program: Program, card: Card, reward: Reward, today: date) -> bool:
    return any(
        one.affordable
        for one in eligibility.rewards(program, card, today)
        if one.reward.id == reward.id
    )


def _affordable(program: Program, card: Card, today: date) -> bool:
    """Whether there is enough for some reward, whatever else stands in the way."""
    return any(not one.missing for one in eligibility.rewards(program, card, today))
