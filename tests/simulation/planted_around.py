"""Mistakes around the ledger, put in on purpose: in what follows from an entry."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from regulars.domain import accrual
from regulars.jobs import messages, outbox, recompute, referrals
from regulars.jobs.messages import BeingSentError

Patch = tuple[Any, str, Any]
"""Where, which name, what instead."""


def _referrals_have_no_id() -> list[Patch]:
    give = referrals._give

    def changed(shop: Any, member_id: str, gift: Any, op: str, *, referral: bool) -> bool:
        name, _, side = op.rpartition(":")
        return give(
            shop, member_id, gift, f"{name}+{os.urandom(4).hex()}:{side}", referral=referral
        )

    return [(referrals, "_give", changed)]


def _friends_get_nothing() -> list[Patch]:
    give = referrals._give

    def changed(*given: Any, referral: bool) -> bool:
        return give(*given, referral=referral) if referral else True

    return [(referrals, "_give", changed)]


def _every_purchase_is_the_first() -> list[Patch]:
    def changed(draft: Any, spend_minor: int) -> bool:
        referral = draft.program.referral
        return bool(referral and spend_minor and spend_minor >= referral.min_spend_minor)

    return [(accrual, "_is_first_purchase", changed)]


def _nobody_claims() -> list[Patch]:
    lease = {"lease": 0, "tries": 1, "sent": False}
    return [(messages, "_claim", lambda *_: lease)]


def _claimed_is_sent() -> list[Patch]:
    claim = messages._claim

    def changed(*given: Any) -> Any:
        with suppress(BeingSentError):
            return claim(*given)
        return None

    return [(messages, "_claim", changed)]


def _a_claim_is_taken_over_at_once() -> list[Patch]:
    return [(messages, "LEASE_MS", -1)]


def _consents_are_not_asked_for() -> list[Patch]:
    return [(messages, "ASKED_FOR", frozenset({"welcome", "tier_up", "reward_unlocked"}))]


def _nobody_hears_of(kind: str) -> list[Patch]:
    occasions = outbox.occasions

    def changed(*given: Any) -> Any:
        return (one for one in occasions(*given) if one.kind != kind)

    return [(outbox, "occasions", changed)]


def _one_occasion_for_all() -> list[Patch]:
    occasions = outbox.occasions

    def changed(*given: Any) -> Any:
        return (one._replace(occasion="") for one in occasions(*given))

    return [(outbox, "occasions", changed)]


BUGS: dict[str, Callable[[], list[Patch]]] = {
    "referrals are rewarded again and again": _referrals_have_no_id,
    "friends get nothing for coming": _friends_get_nothing,
    "every purchase is the first": _every_purchase_is_the_first,
    "mails are not claimed": _nobody_claims,
    "a claimed mail is taken for sent": _claimed_is_sent,
    "a claim is taken over at once": _a_claim_is_taken_over_at_once,
    "mails go to whoever has an address": _consents_are_not_asked_for,
    "nobody hears of a new tier": lambda: _nobody_hears_of("tier_up"),
    "a message is told once in a life": _one_occasion_for_all,
    "a new programme reviews nobody": lambda: [(recompute, "review_tier", lambda *_: None)],
}
"""By what they do."""
