"""What runs every hour: each scheduled function with the jobs it does from the due list."""

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
from regulars.core import clock
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
    expiring_keys,
    fraud,
    invitations,
    later,
    leaderboards,
    publishing,
    raffles,
    recompute,
    referrals,
    retention,
    roots,
)
from regulars.jobs.due import Job, run_due
from regulars.jobs.referrals import REFERRAL
from regulars.messages.later import LATER
from regulars.store import connect
from regulars.store.api_keys import KEY_ENDS

JOBS: dict[str, Job] = {
    EXPIRE: cards.expire,
    HELD_VISIT: cards.drop_held,
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
"""Which function does which jobs."""


def hourly(function: str) -> Callable[[dict[str, Any], Any], dict[str, int]]:
    """Return the handler of a scheduled function."""

    def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, int]:
        """Do what is due by now; may run twice, late, or beside itself."""
        jobs = {name: JOBS[name] for name in FUNCTIONS[function]}
        done = run_due(connect.table(), function, jobs, clock.now())
        logger().info("due cards done", extra={"job": FUNCTIONS[function][0], "cards": done})
        return {"cards": done}

    return lambda_handler
