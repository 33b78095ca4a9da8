"""What processes count together: shared buckets, windows, wrong tries.

Every item is forgotten by itself (`ttl`). Nothing here lies on the path of a stamp. Each count is
one conditional write, so it is exact whatever comes at once.
"""

from __future__ import annotations

from typing import NamedTuple

from regulars.core import clock, limits, tokens
from regulars.core.limits import Rate, Window
from regulars.domain.calendar import from_ms, rfc3339, to_ms
from regulars.domain.refusals import RefusalCode, Refused
from regulars.store import keys
from regulars.store.conditions import AbsentOr, Below, Equals, WhileBelow, Within
from regulars.store.marshal import Item
from regulars.store.table import Table

FORGOTTEN_S = 24 * 3600
"""After how long a bucket is forgotten at the latest that nobody uses."""

TRIES_MAX = 3


class Counted(NamedTuple):
    """What is counted: in which item, and up to where."""

    key: keys.Key
    window: Window


def of_target(kind: str, target: str) -> Counted:
    """Return the count of wrong tries at one target, such as a person's PIN."""
    return Counted(keys.limit(_name(kind, "at", target)), limits.TRIES_AT_ONE)


def of_one(kind: str, who: str) -> Counted:
    """Return the count of wrong tries by one device or (hashed) source address."""
    return Counted(keys.limit(_name(kind, "by", who)), limits.TRIES_BY_ONE)


def of_key(kind: str, key_id: str) -> Counted:
    """Return the count of wrong tries with one API key."""
    return Counted(keys.limit(_name(kind, "key", key_id)), limits.TRIES_BY_KEY)


def named(*parts: str) -> keys.Key:
    """Return where what these parts name is counted; the name does not show them."""
    return keys.limit(_name(*parts))


def count(table: Table, counted: Counted) -> int:
    """Count one more. Returns 0, or when it was one too many, for how long (seconds)."""
    now_ms = to_ms(clock.now())
    window = counted.window
    for _ in range(TRIES_MAX):
        there = table.add(counted.key, "n", 1, WhileBelow("ends", now_ms, "n", window.most))
        if there is None:
            return 0
        if wait_s := full_for(there, counted):
            return wait_s
        ends_ms = now_ms + window.seconds * 1000
        first = {"n": 1, "ends": ends_ms, "ttl": ends_ms // 1000 + 1}
        pk, sk = counted.key
        if table.put({"PK": pk, "SK": sk, **first}, AbsentOr(Below("ends", now_ms + 1))) is None:
            return 0
    return 1


def full_for(item: Item | None, counted: Counted) -> int:
    """Return for how many seconds no more can be counted, as the item says; 0 when it can be."""
    if not item or item["n"] < counted.window.most:
        return 0
    left_ms = int(item["ends"]) - to_ms(clock.now())
    return max(0, -(-left_ms // 1000))


def require(table: Table, *counted: Counted, detail: str) -> None:
    """Count one more of each; raises RATE_LIMITED, with when to come again, for one too many."""
    for one in counted:
        if wait_s := count(table, one):
            raise too_many(wait_s, detail)


def too_many(wait_s: int, detail: str) -> Refused:
    """Return the refusal of one too many: its words say until when."""
    until = rfc3339((to_ms(clock.now()) // 1000 + wait_s) * 1000)
    return Refused(RefusalCode.RATE_LIMITED, f"{detail} Wait until {until}.", retry_after_s=wait_s)


WRONG = "There were too many wrong tries."


def require_open(items: list[Item | None], *counted: Counted) -> None:
    """Raise RATE_LIMITED when one of them is full, as its item says: the right answer is refused
    then, too."""
    wait_s = max(full_for(item, one) for item, one in zip(items, counted, strict=True))
    if wait_s:
        raise too_many(wait_s, WRONG)


def wrong(table: Table, *counted: Counted) -> None:
    """Count a wrong try; raises RATE_LIMITED instead when it was one too many.

    For long secrets and codes that change, where the lock is read with the rest: a right answer
    that comes in the same moment as the last wrong one may pass.
    """
    require(table, *counted, detail=WRONG)


def begin(table: Table, *counted: Counted) -> None:
    """Count a try before it is looked at; `right` takes it back.

    For short secrets, such as PINs and codes in mails: of any number of tries at once no more are
    looked at than may be wrong. Raises RATE_LIMITED for one too many.
    """
    begun: list[Counted] = []
    for one in counted:
        if wait_s := count(table, one):
            right(table, *begun)
            raise too_many(wait_s, WRONG)
        begun.append(one)


def right(table: Table, *counted: Counted) -> None:
    """Take back what `begin` has counted: the try was right."""
    for one in counted:
        # One whose answer was lost may be carried out twice, but never below nothing.
        table.add(one.key, "n", -1, Within("n", 1, one.window.most))


def draw(table: Table, key: keys.Key, rate: Rate, there: Item | None, most: int) -> tuple[int, int]:
    """Take up to `most` tokens out of a bucket that processes share, whose item has just been read.

    Returns how many it were, and when it is none, how long to wait (microseconds).
    """
    now_us = now()
    for _ in range(TRIES_MAX - 1):
        full_us = there["full"] if there else 0
        granted = min(most, limits.left(full_us, rate, now_us))
        if not granted:
            return 0, limits.take(full_us, rate, now_us)[1]
        there = _take_out(table, key, rate, full_us, granted, now_us)
        if there is None:
            return granted, 0
    return 0, rate.every_us


def now() -> int:
    """Return the time in microseconds since 1970."""
    return to_ms(clock.now()) * 1000


def _take_out(
    table: Table, key: keys.Key, rate: Rate, full_us: int, granted: int, now_us: int
) -> Item | None:
    """Take tokens out of a bucket as it was read. Returns None, or the item that is there."""
    cost_us = granted * rate.every_us
    awry = limits.of_another_time(full_us, rate, now_us)
    if awry or full_us < now_us:
        ttl = now_us // limits.SECOND_US + FORGOTTEN_S
        full = {"PK": key[0], "SK": key[1], "full": now_us + cost_us, "ttl": ttl}
        as_read = Equals("full", full_us) if awry else AbsentOr(Below("full", now_us))
        return table.put(full, as_read)
    empty_us = now_us + rate.burst * rate.every_us
    return table.add(key, "full", cost_us, Within("full", now_us, empty_us - cost_us))


def mails_of(address: str) -> Counted:
    """Return the count of the mails that one address gets today (UTC), of all shops together."""
    day = from_ms(to_ms(clock.now())).date().isoformat()
    digest = tokens.derive("mails", day, address).hex()
    return Counted(named("mails", digest), Window(limits.MAILS_A_DAY, FORGOTTEN_S))


def _name(*parts: str) -> str:
    return tokens.derive("limit", *parts).hex()[:32]
