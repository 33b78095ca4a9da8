"""What runs every hour: each scheduled function with the jobs it plans from the due list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from regulars.actions.due_marks import (
    CLOSING,
    DIGEST,
    DRAW,
    FRAUD,
    INVITE,
    LEADERBOARDS,
    PUBLISH,
    RETENTION,
    ROOTS,
    ZONE,
)
from regulars.actions.erase import ERASE, clean_up
from regulars.actions.relist import LISTS, relist
from regulars.core import clock
from regulars.core.deadline import Deadline
from regulars.core.observability import logger
from regulars.domain.due import (
    ANNIVERSARY,
    BENEFITS,
    BIRTHDAY,
    EXPIRE,
    HELD_VISIT,
    NOTICE,
    REMIND,
    TIER,
)
from regulars.jobs import (
    cards,
    closing,
    digest,
    earlier_shops,
    expiring_keys,
    fraud,
    invitations,
    later,
    leaderboards,
    listing,
    publishing,
    raffles,
    recompute,
    referrals,
    retention,
    roots,
    work_queue,
)
from regulars.jobs.due import Job, do_page
from regulars.jobs.planning import REST, Hand, plan, plan_rest
from regulars.jobs.referrals import REFERRAL
from regulars.messages.later import LATER
from regulars.store import connect
from regulars.store.api_keys import KEY_ENDS

JOBS: dict[str, Job] = {
    EXPIRE: cards.expire,
    HELD_VISIT: cards.drop_held,
    LISTS: relist,
    TIER: cards.review_tier,
    BENEFITS: cards.benefits,
    BIRTHDAY: cards.birthday,
    ANNIVERSARY: cards.anniversary,
    NOTICE: cards.notice,
    REMIND: cards.remind,
    DIGEST: digest.digest,
    INVITE: invitations.invite,
    DRAW: raffles.draw_due,
    LEADERBOARDS: leaderboards.count,
    PUBLISH: publishing.publish_due,
    ZONE: recompute.zone_changed,
    ROOTS: roots.digest_heads,
    FRAUD: fraud.look_due,
    ERASE: clean_up,
    RETENTION: retention.keep,
    LATER: later.hand_on,
    KEY_ENDS: expiring_keys.report,
    REFERRAL: referrals.reward_due,
    CLOSING: closing.work,
}
"""By the name under which they stand in the due list."""

FUNCTIONS: dict[str, tuple[str, ...]] = {
    "close": (CLOSING,),
    "expiry": (EXPIRE, HELD_VISIT, ERASE, RETENTION),
    "reminders": (REMIND, NOTICE, LATER),
    "digest": (DIGEST, ROOTS, KEY_ENDS, FRAUD),
    "tiers": (
        TIER,
        LISTS,
        BENEFITS,
        BIRTHDAY,
        ANNIVERSARY,
        REFERRAL,
        INVITE,
        DRAW,
        LEADERBOARDS,
        PUBLISH,
        ZONE,
    ),
}
"""Which function plans which jobs; `close` does its own at once."""


PLANNING_RESERVE_S = 30
CLOSING_RESERVE_S = 400
"""What is left of a function's time when it takes up nothing more: a step of closing is long."""

Handler = Callable[[dict[str, Any], Any], dict[str, int]]


def hourly(function: str) -> Handler:
    """Return the handler of a scheduled function: it puts what is due on the queue of work."""
    return _handler(function, lambda _: work_queue.put, PLANNING_RESERVE_S)


def hourly_at_once(function: str) -> Handler:
    """Return the handler of a scheduled function that does what is due itself."""

    def hand(deadline: Deadline) -> Hand:
        return lambda page: _do_at_once(page, deadline)

    return _handler(function, hand, CLOSING_RESERVE_S)


def _do_at_once(page: dict[str, Any], deadline: Deadline) -> bool:
    if page["kind"] == REST:
        return plan_rest(connect.table(), page, lambda one: _do_at_once(one, deadline), deadline)
    return do_page(connect.table(), JOBS, page, lambda: deadline.passed) is None


def _handler(function: str, handing: Callable[[Deadline], Hand], reserve_s: float) -> Handler:
    def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, int]:
        """Plan what is due by now; may run twice, late, or beside itself."""
        deadline = Deadline.of(context, reserve_s)
        names, hand = frozenset(FUNCTIONS[function]), handing(deadline)
        if function == "tiers":
            listing.take_up(connect.table(), clock.now())
            earlier_shops.look_for(connect.table(), clock.now())
        planned = plan(connect.table(), function, names, clock.now(), hand, deadline)
        logger().info("due cards planned", extra={"job": FUNCTIONS[function][0], "cards": planned})
        return {"cards": planned}

    return lambda_handler
