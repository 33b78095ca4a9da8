"""Mistakes around the ledger, put in on purpose: in what follows from an entry."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from typing import Any
from unittest import mock

from regulars.domain import compact, first_purchase
from regulars.domain import due as domain_due
from regulars.domain import ledger as domain_ledger
from regulars.domain.calendar import hour_of, to_ms
from regulars.jobs import due, orders, outbox, planning, recompute, referrals, working
from regulars.messages import delivery, kinds
from regulars.messages.delivery import SendInProgressError
from regulars.store import cards, formats, ledger
from regulars.tills.events import ReportedSale
from regulars.tills.providers import generic
from tests import fleet
from tests.simulation import walking

Patch = tuple[Any, str, Any]
"""Where, which name, what instead."""


def _what_is_not_known_is_forgotten() -> list[Patch]:
    taken = formats.taken
    return [(formats, "taken", lambda item: (taken(item)[0], {}))]


@contextmanager
def patched(patches: Sequence[Patch]) -> Iterator[None]:
    """Within the block the product is changed; what it has made of a card is not remembered outside
    of it: seeds are always the same runs, and would find it again."""
    with ExitStack() as stack:
        stack.callback(_forget)
        for where, what, new in patches:
            stack.enter_context(mock.patch.object(where, what, new))
        _forget()
        yield


REMEMBERED = (cards.load_card, domain_ledger.parse)


def _forget() -> None:
    for one in REMEMBERED:
        one.cache_clear()


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
        return bool(draft.program.referral) and first_purchase.is_enough(draft, spend_minor)

    return [(first_purchase, "counts", changed)]


def _nobody_claims() -> list[Patch]:
    lease = {"lease": 0, "tries": 1, "sent": False}
    return [(delivery, "_claim", lambda *_: lease)]


def _claimed_is_sent() -> list[Patch]:
    claim = delivery._claim

    def changed(*given: Any) -> Any:
        with suppress(SendInProgressError):
            return claim(*given)
        return None

    return [(delivery, "_claim", changed)]


def _a_claim_is_taken_over_at_once() -> list[Patch]:
    return [(delivery, "LEASE_MS", -1)]


def _consents_are_not_asked_for() -> list[Patch]:
    return [(delivery, "kind", lambda name: kinds.kind(name)._replace(consent=False))]


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


def _the_first_shard_alone() -> list[Patch]:
    return [(planning, "_shards", lambda: range(1))]


def _the_rest_of_a_merchant_is_left_out() -> list[Patch]:
    """Of a merchant with more than a slice only the first slice is planned."""
    return [(working, "plan_rest", lambda *_: True)]


def _failures_are_passed_over() -> list[Patch]:
    do = due._do

    def changed(*given: Any) -> bool:
        with suppress(Exception):
            return do(*given)
        return True

    return [(due, "_do", changed)]


def _the_hour_that_has_begun_is_over() -> list[Patch]:
    """Its cursor is where it is, and so is whatever comes into that hour later."""
    plan = planning.plan

    def changed(table: Any, function: str, jobs: Any, now: Any, *more: Any) -> int:
        done = plan(table, function, jobs, now, *more)
        planning._move_cursor(table, function, hour_of(now))
        return done

    return [(walking, "plan", changed)]


def _marks_in_the_past() -> list[Patch]:
    """The day on which something expired is its due day, though it may be long gone."""
    instants = domain_due._due_instants

    def changed(program: Any, of: Any, now: Any) -> Any:
        last_days = domain_due._expiries(of)
        for job, instant in instants(program, of, now):
            if job == domain_due.EXPIRE:
                instant = domain_due._day_after(min(last_days), program.timezone)
            yield job, instant

    return [(domain_due, "_due_instants", changed)]


def _cards_are_known_by_their_code_alone() -> list[Patch]:
    member_of = orders._member_of

    def changed(shop: Any, hook: Any, sale: Any) -> Any:
        return member_of(shop, hook, replace(sale, contacts=()))

    return [(orders, "_member_of", changed)]


def _sales_happen_when_they_arrive() -> list[Patch]:
    read = generic.read

    def changed(event: Any) -> Any:
        found = read(event)
        return replace(found, occurred_ms=None) if isinstance(found, ReportedSale) else found

    return [(generic, "read", changed)]


def _natural_ids_go_with_the_keys() -> list[Patch]:
    items = ledger.Ledger._operation_items

    def changed(self: Any, *given: Any) -> Any:
        puts = items(self, *given)
        ttl = to_ms(given[-1]) // 1000 + 35 * 24 * 3600
        return [put._replace(item={**put.item, "ttl": ttl}) for put in puts]

    return [(ledger.Ledger, "_operation_items", changed)]


BUGS: dict[str, Callable[[], list[Patch]]] = {
    "referrals are rewarded again and again": _referrals_have_no_id,
    "friends get nothing for coming": _friends_get_nothing,
    "every purchase is the first": _every_purchase_is_the_first,
    "mails are not claimed": _nobody_claims,
    "a claimed mail is taken for sent": _claimed_is_sent,
    "a claim is taken over at once": _a_claim_is_taken_over_at_once,
    "mails go to whoever has an address": _consents_are_not_asked_for,
    "nobody hears of a new tier": lambda: _nobody_hears_of("tier_up"),
    "a message is sent once in a lifetime": _one_occasion_for_all,
    "one part of an hour is walked": _the_first_shard_alone,
    "the rest of a large merchant is left out": _the_rest_of_a_merchant_is_left_out,
    "failed cards are passed over": _failures_are_passed_over,
    "the hour that has begun is taken for over": _the_hour_that_has_begun_is_over,
    "what is due is marked in the past": _marks_in_the_past,
    "cards are known by their code alone": _cards_are_known_by_their_code_alone,
    "a till's sales happen when they arrive": _sales_happen_when_they_arrive,
    "natural ids go with the keys": _natural_ids_go_with_the_keys,
    "what a newer version keeps of a card is forgotten": lambda: [
        (compact, "KEYS", compact.KEYS | {fleet.UNKNOWN})
    ],
    "what a newer version keeps of an item is forgotten": _what_is_not_known_is_forgotten,
    "a new programme reviews nobody": lambda: [(recompute, "review_if_changed", lambda *_: None)],
}
"""By what they do."""
