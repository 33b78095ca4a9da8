"""Members: profiles (all personal data, apart from the ledger) and the ways to find a card."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import partial
from typing import Any

from regulars.core import guest_codes, passes, tokens
from regulars.store import keys
from regulars.store.card_devices import shows
from regulars.store.conditions import AbsentOrOneOf
from regulars.store.marshal import Item
from regulars.store.profiles import Profile, profile_item, profile_of
from regulars.store.table import Absent, AbsentOr, Equals, Put, Table

LINKS_MAX = 20
"""Links of a card that are emptied when its member is erased; a link that was renewed is empty."""

ERASED = "-"
"""Stands in a contact for the member who was erased: nobody has it, and who joins with it again is
known to have joined before. All that is kept is the keyed digest that is its key."""

FREE = AbsentOr(Equals("c", ""))
"""A contact that nobody has, or that its member has given up."""

NOT_HELD = AbsentOrOneOf("c", "", ERASED)
"""A contact that is free, or whose member was erased."""

SHELL_S = 24 * 3600
"""After so many seconds the table removes an item that was emptied."""


class Members:
    """The members of one merchant."""

    def __init__(self, table: Table, merchant_id: str) -> None:
        self.table = table
        self.merchant_id = merchant_id

    def enrollment(self, profile: Profile, *, again: bool = False) -> list[Put]:
        """The items that come with a new card, each to be written only if absent; `again` says that
        a contact may be that of a member who was erased."""
        m, c = self.merchant_id, profile.member_id
        token = link_token(m, profile)
        return [
            Put(profile_item(self.merchant_id, profile), Absent()),
            Put(_item(keys.link(tokens.digest(token)), m=m, c=c), Absent()),
            Put(_item(keys.handle(m, profile.handle), c=c), Absent()),
            *(
                Put(self._contact_item(contact, c), NOT_HELD if again else FREE)
                for contact in profile.contacts()
            ),
        ]

    def profile(self, member_id: str) -> Profile | None:
        """The profile of a member, of one that was merged the one that is kept; None when there is
        none, or the member was erased."""
        (item,) = self.table.get(keys.profile(self.merchant_id, member_id))
        found = profile_of(item) if item else None
        if found and found.merged_into:
            return self.profile(found.merged_into)
        return None if found is None or found.erased_ms else found

    def profiles(self, member_ids: Iterable[str]) -> dict[str, Profile]:
        """Read several members' profiles; who is not there, or was erased, is left out."""
        wanted = list(dict.fromkeys(member_ids))
        items = self.table.get(
            *(keys.profile(self.merchant_id, one) for one in wanted), consistent=False
        )
        found = {one: profile_of(item) for one, item in zip(wanted, items, strict=True) if item}
        return {one: profile for one, profile in found.items() if not profile.erased_ms}

    def change(self, before: Profile, after: Profile, *more: Put) -> None:
        """Write a changed profile and its new contacts, and what goes with them; raises Cancelled
        when either is taken."""
        self.table.transact([*self.changes(before, after), *more])

    def changes(self, before: Profile, after: Profile) -> list[Put]:
        """Return what a changed profile writes: itself first, then its contacts."""
        added = set(after.contacts()) - set(before.contacts())
        gone = set(before.contacts()) - set(after.contacts())
        free = [Put(_item(self._contact_key(contact), c=""), None) for contact in sorted(gone)]
        own = AbsentOrOneOf("c", "", ERASED, after.member_id)
        return [
            self.put(after, before),
            *(Put(self._contact_item(contact, after.member_id), own) for contact in sorted(added)),
            *free,
        ]

    def renew_link(self, before: Profile, after: Profile, now_ms: int, noted: Put) -> None:
        """Write a profile with a new link and empty the one before, with a line of the audit log;
        raises Cancelled when the profile is another by now."""
        m, c = self.merchant_id, after.member_id
        token = link_token(m, after)
        link = Put(_item(keys.link(tokens.digest(token)), m=m, c=c), Absent())
        ended = [Put(shell(key, now_ms)) for key in _links(m, before, before.link)]
        self.table.transact([*self.changes(before, after), link, *ended, noted])

    def change_recovery(self, before: Profile, after: Profile, now_ms: int, *noted: Put) -> None:
        """Write a profile with another recovery code, or none: the one before ends. Raises
        Cancelled when the profile is another by now."""
        m, c = self.merchant_id, after.member_id
        added = [Put(_item(keys.recovery(m, after.recovery), c=c))] if after.recovery else []
        ended = self._recovery_ended(before, now_ms)
        self.table.transact([*self.changes(before, after), *added, *ended, *noted])

    def by_recovery(self, digest: str) -> str | None:
        """The member whose recovery code has this digest."""
        (item,) = self.table.get(keys.recovery(self.merchant_id, digest))
        return item.get("c") if item else None

    def _recovery_ended(self, profile: Profile, now_ms: int) -> list[Put]:
        ended = keys.recovery(self.merchant_id, profile.recovery)
        return [Put(shell(ended, now_ms))] if profile.recovery else []

    def erasure(self, profile: Profile, now_ms: int) -> list[Put]:
        """Return what takes a person out of the table: the profile first, then all that leads to
        the card. Of a contact only its digest stays."""
        m, c = self.merchant_id, profile.member_id
        empty = Profile(
            c, "", profile.enrolled_ms, link=0, version=profile.version + 1, erased_ms=now_ms
        )
        links = _links(m, profile, max(1, profile.link - LINKS_MAX + 1))
        return [
            Put(profile_item(self.merchant_id, empty), Equals("ver", profile.version)),
            *(Put(self._contact_item(contact, ERASED)) for contact in profile.contacts()),
            *(Put(shell(key, now_ms)) for key in (*links, keys.handle(m, profile.handle))),
            *self._recovery_ended(profile, now_ms),
        ]

    def erase(self, writes: list[Put]) -> None:
        """Take a person out of the table; Cancelled when the profile is another by now."""
        self.table.transact(writes)

    def put(self, after: Profile, before: Profile) -> Put:
        """Return the write of a changed profile alone, if it is still what was read."""
        return Put(profile_item(self.merchant_id, after), Equals("ver", before.version))

    def lead(self, contacts: Collection[str], of: str, to: str) -> list[Put]:
        """Return what makes contacts that find one member find another."""
        held = AbsentOrOneOf("c", "", ERASED, of)
        return [Put(self._contact_item(one, to), held) for one in contacts]

    def free(self, contacts: Collection[str]) -> None:
        """Let contacts be as if nobody had ever had them: who was brought in by mistake has not."""
        for one in contacts:
            self.table.put(self._contact_item(one, ""), AbsentOrOneOf("c", "", ERASED))

    def by_contact(self, contact: str) -> str | None:
        """The member with a normalized contact."""
        return self.by_digest(tokens.contact_digest(self.merchant_id, contact))

    def by_digest(self, contact_digest: str) -> str | None:
        """The member with the contact that has this digest."""
        (item,) = self.table.get(keys.contact(self.merchant_id, contact_digest))
        return item["c"] or None if item and item["c"] != ERASED else None

    def who_has(self, given: Mapping[str, str]) -> dict[str, str]:
        """The members that have these contacts, by kind (ERASED for one who was erased)."""
        items = self.table.get(*map(self._contact_key, given.values()))
        return {
            kind: item["c"] for kind, item in zip(given, items, strict=True) if item and item["c"]
        }

    def stop_mails(self, contact: str, now_ms: int) -> None:
        """Remember that no mail is wanted at an address; all that is kept of it is its digest."""
        self.table.put(_item(self._stopped_key(contact), at=now_ms))

    def wants_no_mails(self, contact: str) -> bool:
        """Whether somebody has stopped the mails to an address."""
        return self.table.get(self._stopped_key(contact))[0] is not None

    def by_code(self, code: str, epoch_s: int) -> str | None:
        """The member whose card shows this rotating code now, or has it on a pass."""
        m, named = self.merchant_id, guest_codes.offline_handle(code) or passes.handle_in(code)
        handle = named or tokens.read_card_code(m, code, epoch_s)
        if handle is None:
            return None
        (item,) = self.table.get(keys.handle(m, handle), consistent=False)
        found: str | None = item.get("c") if item else None
        if found is None or not named:
            return found
        profile = self.profile(found)  # only a device of the card, or we, make such a code
        if profile is None:
            return None
        on_pass = passes.is_code(m, handle, profile.link, code)
        return found if on_pass or shows(profile.devices, m, code, epoch_s) else None

    def by_voucher_code(self, code: str) -> tuple[str, str] | None:
        """Member and voucher of a voucher's code."""
        (item,) = self.table.get(keys.code(self.merchant_id, code))
        return (item["c"], item["v"]) if item and "c" in item else None

    def _contact_key(self, contact: str) -> keys.Key:
        return keys.contact(self.merchant_id, tokens.contact_digest(self.merchant_id, contact))

    def _stopped_key(self, contact: str) -> keys.Key:
        return keys.stopped(self.merchant_id, tokens.contact_digest(self.merchant_id, contact))

    def _contact_item(self, contact: str, member_id: str) -> Item:
        return _item(self._contact_key(contact), c=member_id)


def card_url(base_url: str, merchant_id: str, profile: Profile) -> str:
    """The capability link of a member's card."""
    return f"{base_url}/c/{link_token(merchant_id, profile)}"


def link_token(merchant_id: str, profile: Profile) -> str:
    """The secret part of that link."""
    return tokens.card_token(merchant_id, profile.member_id, profile.link, profile.link_key)


def _links(merchant_id: str, profile: Profile, oldest: int) -> list[keys.Key]:
    """The items of a card's links from one number on, in both spellings."""
    numbers, names = range(oldest, profile.link + 1), {"", profile.link_key}
    made = partial(tokens.card_token, merchant_id, profile.member_id)
    spelled = [made(number, key) for number in numbers for key in names]
    spelled += [old for token in spelled if (old := tokens.earlier_card_token(token))]
    return [keys.link(tokens.digest(token)) for token in spelled]


def shell(key: keys.Key, now_ms: int) -> Item:
    """An item without anything in it, which the table removes by itself."""
    return _item(key, ttl=now_ms // 1000 + SHELL_S)


def card_of_link(table: Table, token: str) -> tuple[str, str] | None:
    """Merchant and member behind a card's link, also when it was stored in its earlier spelling."""
    for spelling in filter(None, (token, tokens.earlier_card_token(token))):
        (item,) = table.get(keys.link(tokens.digest(spelling)), consistent=False)
        if item and "c" in item:
            return item["m"], item["c"]
    return None


def _item(key: keys.Key, **attributes: Any) -> Item:
    return {"PK": key[0], "SK": key[1], **attributes}
