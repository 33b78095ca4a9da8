"""Makes two cards of one member one, and two again.

Both cards, both profiles, the contacts and the open vouchers change in one transaction or not at
all. What leads to the other card (links, handles, customers of tills) is not touched: whoever looks
a card up follows it to the one that is kept (`find.member_card_of`, `Ledger.card`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from regulars.actions.once import once, tried
from regulars.core import tokens
from regulars.domain import unmerging
from regulars.domain.calendar import to_ms
from regulars.domain.card import Card
from regulars.domain.decide import decide
from regulars.domain.decision import Decision
from regulars.domain.ledger import Entry, parse
from regulars.domain.merge_operations import Merge, MergeInto, Restore, Unmerge
from regulars.domain.operations import Origin, Voucher
from regulars.domain.refusals import RefusalCode, Refused
from regulars.domain.replay import Fold
from regulars.program.shop import Shop
from regulars.store import cards, keys, merges
from regulars.store.answers import Answer, Body, Idempotency
from regulars.store.members import Members
from regulars.store.merges import KeptMerge
from regulars.store.profiles import Profile, profile_of
from regulars.store.table import Put

Render = Callable[[Decision, Decision, str], Body]
"""What makes an answer of the decisions on the kept card and on the other one, and the merge's
id."""


class Side(NamedTuple):
    """A card and its profile, as read."""

    card: Card
    profile: Profile


def merge(
    shop: Shop, member_id: str, other_id: str, op: str, idempotency: Idempotency, render: Render,
    noted: Callable[[str], Put],
) -> Answer:  # fmt: skip
    """Merge the card of `other_id` into that of `member_id`, with a line of the audit log.

    Raises NOT_FOUND, INVALID for one and the same card or one that was merged before, LIMIT_REACHED
    for more open vouchers than can come over, CONFLICT when others keep changing the cards.
    """
    merge_id = f"mrg_{tokens.random_id(16)}"

    def do() -> Answer:
        kept, other, into, away = _gather(shop, member_id, other_id, merge_id, op)
        m, members = shop.merchant_id, Members(shop.table, shop.merchant_id)
        writes, took, _ = merges.joined(members, kept.profile, other.profile)

        def extra(one: Decision, _: Decision) -> Sequence[Put]:
            done = KeptMerge(merge_id, other_id, one.card.seq, to_ms(shop.now), took)
            return (*writes, merges.put(m, kept.card.member_id, done), noted(merge_id))

        return shop.ledger.perform_on_two(
            shop.program, (kept.card, into), (other.card, lambda _: away), shop.now, idempotency,
            lambda one, two: render(one, two, merge_id), extra, tries_max=1,
        )  # fmt: skip

    return once(shop.ledger, op, idempotency, shop.now, lambda: tried(do))


def preview(shop: Shop, member_id: str, other_id: str, render: Render) -> Body:
    """Decide a merge and write nothing; raises what merging would."""
    kept, other, into, away = _gather(shop, member_id, other_id, "", "preview")
    one = decide(shop.program, kept.card, into, shop.now)
    return render(one, decide(shop.program, other.card, away, shop.now), "")


def unmerge(
    shop: Shop, member_id: str, merge_id: str, idempotency: Idempotency, render: Render, noted: Put
) -> Answer:
    """Undo a merge; doing it again answers the same.

    Raises NOT_FOUND, UNDO_EXPIRED, ALREADY_SPENT when what came over was used, CONFLICT when the
    kept card was merged itself since, or others keep changing the cards.
    """
    op = f"unmerge:{merge_id}"

    def do() -> Answer:
        m, table = shop.merchant_id, shop.table
        found = merges.find(table, m, member_id, merge_id)
        if found is None:
            raise Refused(RefusalCode.NOT_FOUND)
        kept, other = _side(shop, member_id), _side(shop, found.other)
        if kept.card.merged_into:
            raise Refused(
                RefusalCode.CONFLICT,
                f"The card was merged into {kept.card.merged_into} since; undo that first.",
            )
        undo = _undo(shop, kept.card, other.card, found, op)
        members = Members(table, m)
        writes, _, _ = merges.parted(members, kept.profile, other.profile, found.took)
        done = found._replace(undone_ms=to_ms(shop.now))
        last = (*writes, merges.put(m, member_id, done, found), noted)

        def back(decision: Decision) -> Restore:
            origin = Origin(f"{op}:from", "api", entropy=os.urandom(16))
            return unmerging.restored(decision, undo, origin)

        return shop.ledger.perform_on_two(
            shop.program, (kept.card, undo), (other.card, back), shop.now, idempotency,
            lambda one, two: render(one, two, merge_id), lambda _, __: last, tries_max=1,
        )  # fmt: skip

    return once(shop.ledger, op, idempotency, shop.now, lambda: tried(do))


def _gather(
    shop: Shop, member_id: str, other_id: str, merge_id: str, op: str
) -> tuple[Side, Side, Merge, MergeInto]:
    """Read both cards, and make both sides' operations."""
    kept, other = _side(shop, member_id, follow=True), _side(shop, other_id)
    if other.card.merged_into:
        hint = f"was merged into {other.card.merged_into}; name that one"
        raise Refused(RefusalCode.INVALID, "", (("from", hint),))
    if kept.card.member_id == other.card.member_id:
        raise Refused(RefusalCode.INVALID, "", (("from", "must be another member"),))
    vouchers = _vouchers(shop, other.card.member_id, other.card.open)
    after, _ = merges.filled(kept.profile, other.profile)
    origins = [Origin(one, "api", entropy=os.urandom(16)) for one in (op, f"{op}:from")]
    into = Merge(origins[0], merge_id, other.card, vouchers, after.birthday[-5:])
    return kept, other, into, MergeInto(origins[1], merge_id, kept.card, vouchers)


def _side(shop: Shop, member_id: str, *, follow: bool = False) -> Side:
    m = shop.merchant_id
    state, profile = shop.table.get(keys.state(m, member_id), keys.profile(m, member_id))
    if state is None or profile is None or profile.get("erased"):
        raise Refused(RefusalCode.NOT_FOUND)
    side = Side(cards.card_of(state), profile_of(profile))
    if follow and side.card.merged_into:
        return _side(shop, side.card.merged_into, follow=True)
    return side


def _vouchers(shop: Shop, member_id: str, ids: Any) -> tuple[Voucher, ...]:
    m = shop.merchant_id
    items = shop.table.get(*(keys.voucher(m, member_id, one) for one in ids)) if ids else []
    return tuple(map(cards.voucher_of, filter(None, items)))


def _undo(shop: Shop, kept: Card, other: Card, found: KeptMerge, op: str) -> Unmerge:
    """Read from the ledgers of both cards what is needed to undo a merge.

    Raises CONFLICT when entries of before version 0.3.0 do not tell it.
    """
    before, merged, after, since = _around(shop, kept.member_id, found.seq)
    came, _, _, _ = _around(shop, other.member_id, other.seq)
    over = {found.other, *merges.merged_in(shop.table, shop.merchant_id, found.other)}
    carried = any(entry.facts.get("carried", [""])[0] in over for entry in since)
    ids = (*came.open, *merged.facts.get("vouchers", ()))
    return Unmerge(
        Origin(op, "api", entropy=os.urandom(16)), merged, (before, after), came,
        _vouchers(shop, kept.member_id, ids), carried,
    )  # fmt: skip


def _around(shop: Shop, member_id: str, seq: int) -> tuple[Card, Entry, Card, list[Entry]]:
    """Read the card before an entry, the entry, the card after it, and the entries since."""
    fold, since = Fold(member_id, shop.program.timezone), list[Entry]()
    around: tuple[Card, Entry, Card] | None = None
    for stored in shop.ledger.entries(member_id):
        entry = parse(stored.text)
        if around:
            since.append(entry)
            continue
        before, unknown = fold.card, fold.unknown
        fold.add(entry, stored.hash)
        if entry.seq == seq:
            if unknown:
                raise Refused(
                    RefusalCode.CONFLICT, "The ledger of this card is too old to undo it."
                )
            around = before, entry, fold.card
    if around is None:
        raise Refused(RefusalCode.NOT_FOUND)
    return *around, since
