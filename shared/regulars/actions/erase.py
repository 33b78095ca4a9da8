"""Erases a member: the person leaves the table, the ledger of the card stays (GDPR art. 17).

One transaction takes the person out and books the entry `erase`: from then on nobody finds the
card. What leads to the card besides, and what a sandbox has kept, is emptied right after it; a due
mark is written with the transaction, so that a job goes on where a call stopped.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from regulars.actions import wallets
from regulars.actions.relist import relist
from regulars.core import tokens
from regulars.core.observability import logger
from regulars.domain.calendar import hour_of, to_ms
from regulars.domain.card import Card
from regulars.domain.operations import Erase, Origin
from regulars.domain.refusals import RefusalCode, Refused
from regulars.program.shop import Shop
from regulars.store import card_keys, cards, import_keys, keys, merges
from regulars.store.ledger import TakenError, due_item
from regulars.store.marshal import Item
from regulars.store.members import Members, shell
from regulars.store.profiles import Profile, profile_of
from regulars.store.table import Cancelled, Put

ERASE = "erase"
"""Under this name it stands in the due list while anything is left to do."""

ALL_DONE_WITHIN = timedelta(hours=24)
TRIES = 5
CHANGING = "The profile is being changed by others; try again."


def erase(shop: Shop, member_id: str, *noted: Put) -> None:
    """Erase a member, with lines of the audit log.

    Raises NOT_FOUND for one who is not there, or was erased before, CONFLICT when others keep
    changing the profile.
    """
    members = Members(shop.table, shop.merchant_id)
    for _ in range(TRIES):
        profile = members.profile(member_id)
        if profile is None:
            raise Refused(RefusalCode.NOT_FOUND)
        try:
            _take_out(shop, members, profile, noted)
        except (TakenError, Cancelled):  # the profile has been changed since it was read
            continue
        _finish(shop, profile.member_id)
        return
    raise Refused(RefusalCode.CONFLICT, CHANGING)


def erase_as_read(shop: Shop, profile: Profile, card: Card, *noted: Put) -> None:
    """Erase a member by a rule, if profile and card are still what was read; raises CONFLICT."""
    try:
        _take_out(shop, Members(shop.table, shop.merchant_id), profile, noted, as_read=card)
    except (TakenError, Cancelled) as changed:
        raise Refused(RefusalCode.CONFLICT, CHANGING) from changed
    _finish(shop, profile.member_id)


def _finish(shop: Shop, member_id: str) -> None:
    """Say in the log who is erased, for whoever restores the table to before; empty the rest."""
    logger().info("a member was erased", extra={"merchant": shop.merchant_id, "member": member_id})
    clean_up(shop, member_id)


def _take_out(
    shop: Shop, members: Members, profile: Profile, noted: tuple[Put, ...],
    as_read: Card | None = None,
) -> None:  # fmt: skip
    """Book the entry and empty everything that names the person, or nothing."""
    member_id, now_ms = profile.member_id, to_ms(shop.now)
    m = shop.merchant_id
    known = [*profile.contacts(), *_contacts_merged_in(shop, member_id)]
    digests = [tokens.contact_digest(m, contact) for contact in known]
    mark = {**due_item(m, member_id, ERASE, hour_of(shop.now)), "contacts": digests}
    writes = [*members.erasure(profile, now_ms), Put(mark), *noted]
    try:
        card = as_read or shop.ledger.card(member_id)
    except cards.DamagedError:
        card = None
    if card is None:  # nothing can be booked on it; the person is forgotten all the same
        members.erase(writes)
        return
    by, seq = ("job", as_read.seq) if as_read else ("api", 0)
    operation = Erase(Origin(f"erase:{member_id}", by), seq)
    shop.ledger.perform(shop.program, card, operation, shop.now, extra=writes, fresh=True)


def clean_up(shop: Shop, member_id: str) -> None:
    """Empty what still leads to an erased member's card, other cards that were merged into it, and
    what a sandbox has kept; doing it again does nothing more."""
    m, table = shop.merchant_id, shop.table
    now_ms = to_ms(shop.now)
    (mark,) = table.get(keys.due_mark(m, member_id, ERASE))
    others = merges.merged_in(table, m, member_id)
    relist(shop, member_id)
    for other_id in others:
        _empty(shop, other_id)
    for one in (member_id, *others):
        wallets.end(shop, one)
        for item in table.items(keys.card(m, one), prefix=keys.VOUCHER_PREFIX, consistent=True):
            table.put(shell(keys.code(m, item["code"]), now_ms))
        partition, actions = keys.card(m, one), card_keys.ACTION_PREFIX
        for prefix in (actions, import_keys.DONE_PREFIX):
            for item in table.items(partition, prefix=prefix, consistent=True):
                table.put(shell((item["PK"], item["SK"]), now_ms))
    digests = set(mark.get("contacts", ())) if mark else set()
    if tokens.is_sandbox(m):
        for item in table.items(keys.messages(m), consistent=True):
            if item["to"] and _is_about(item, m, member_id, digests):
                table.put({**item, "c": "", "to": "", "subject": "", "text": ""})
    marks = table.items(keys.card(m, member_id), prefix=keys.DUE_PREFIX, consistent=True)
    own = keys.due_mark(m, member_id, ERASE)
    for key in [*((item["PK"], item["SK"]) for item in marks if item["SK"] != own[1]), own]:
        table.put(shell(key, now_ms))


def _is_about(message: Item, m: str, member_id: str, digests: set[str]) -> bool:
    """Tell whether a message was about a member's card; of one that was kept without saying so, by
    where it went."""
    if "c" in message:
        return bool(message["c"] == member_id)
    return tokens.contact_digest(m, message["to"]) in digests


def _contacts_merged_in(shop: Shop, member_id: str) -> Iterator[str]:
    """The contacts of members whose cards were merged into this one."""
    for other_id in merges.merged_in(shop.table, shop.merchant_id, member_id):
        if profile := _stored_profile(shop, other_id):
            yield from profile.contacts()


def _empty(shop: Shop, other_id: str) -> None:
    """Take the profile out that a merge has kept, with what leads to it."""
    profile = _stored_profile(shop, other_id)
    if profile is not None and not profile.erased_ms:
        members = Members(shop.table, shop.merchant_id)
        members.erase(members.erasure(profile, to_ms(shop.now)))


def _stored_profile(shop: Shop, member_id: str) -> Profile | None:
    (item,) = shop.table.get(keys.profile(shop.merchant_id, member_id))
    return profile_of(item) if item else None
