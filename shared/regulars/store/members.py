"""Members: profiles (all personal data, apart from the ledger) and the ways to find a card."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, NamedTuple

from regulars.core import guest_codes, tokens
from regulars.store import keys
from regulars.store.card_devices import DEVICES_MAX, CardDevice, devices_of, shows
from regulars.store.cards import DamagedError
from regulars.store.claims import Claim, claims_of
from regulars.store.conditions import AbsentOrOneOf
from regulars.store.marshal import Item
from regulars.store.table import Absent, AbsentOr, Equals, Put, Table

LINKS_MAX = 20
"""Links of a card that are emptied when its member is erased; a link that was renewed is empty."""

CONTACT_KINDS = ("email", "phone")
"""The fields of a profile by which a member is found."""

ERASED = "-"
"""Stands in a contact for the member who was erased: nobody has it, and who joins with it again is
known to have joined before. All that is kept is the keyed digest that is its key."""

FREE = AbsentOr(Equals("c", ""))
"""A contact that nobody has, or that its member has given up."""

NOT_HELD = AbsentOrOneOf("c", "", ERASED)
"""A contact that is free, or whose member was erased."""

SHELL_S = 24 * 3600
"""After so many seconds the table removes an item that was emptied."""


class Profile(NamedTuple):
    """What a member told us. Everything but the id and the handle can be erased."""

    member_id: str
    handle: str
    enrolled_ms: int
    name: str = ""
    email: str = ""
    """Confirmed, as the phone is: by these a member is found. What was stored before there were
    claims counts as confirmed."""
    phone: str = ""
    """E.164."""
    birthday: str = ""
    """`MM-DD` or `YYYY-MM-DD`."""
    language: str = ""
    consents: Mapping[str, bool] = MappingProxyType({})
    source: str = ""
    referred_by: str = ""
    link: int = 1
    link_key: str = ""
    """Number of the card's link, which rises when it is renewed, and the name of the link's key."""
    version: int = 1
    proofs: Mapping[str, Mapping[str, Any]] = MappingProxyType({})
    """When (`at`, in milliseconds) and by whom (`by`) a contact was confirmed (`email`, `phone`), a
    consent given or refused (`consent.<channel>`), a birthday given (`birthday`); absent where it
    was not kept. A contact that was claimed before says when (`claimed`)."""
    erased_ms: int = 0
    """When the member was erased: then there is nothing else in it."""
    claims: Mapping[str, Claim] = MappingProxyType({})
    """Contacts that nobody has confirmed yet, by kind."""
    note: str = ""
    """What staff should know."""
    attributes: Mapping[str, str] = MappingProxyType({})
    """The merchant's own facts about the member."""
    timezone: str = ""
    """IANA, as it was given."""
    devices: tuple[CardDevice, ...] = ()
    """The devices that the card lives on, oldest first."""
    recovery: str = ""
    """Digest of the recovery code; empty for none."""
    recovered_ms: int = 0
    """The instant of the newest mailed link to the card that was used."""
    merged_into: str = ""
    """The member whose card is kept since a merge; this profile is kept to take it back."""

    def contacts(self) -> tuple[str, ...]:
        """The normalized contacts that find this member."""
        return tuple(contact for contact in (self.email, self.phone) if contact)

    def contacts_by_kind(self) -> dict[str, str]:
        """The contacts that find this member, by kind."""
        return {kind: getattr(self, kind) for kind in CONTACT_KINDS if getattr(self, kind)}

    def claiming(self, at_ms: int) -> Profile:
        """The profile that only claims its contacts."""
        claims = {kind: Claim(value, at_ms) for kind, value in self.contacts_by_kind().items()}
        return self._replace(email="", phone="", claims=claims)

    def with_claim(self, kind: str, claim: Claim) -> Profile:
        """The profile with a claim in place of what it claimed of this kind."""
        return self._replace(claims={**self.claims, kind: claim})

    def confirmed(self, kind: str, at_ms: int, by: str) -> Profile:
        """The profile that has what it claimed of this kind."""
        claim = self.claims[kind]
        changed = self.without((kind,))
        proof = {"at": at_ms, "by": by, "claimed": claim.at_ms}
        return changed._replace(
            email=claim.value if kind == "email" else changed.email,
            phone=claim.value if kind == "phone" else changed.phone,
            proofs={**changed.proofs, kind: proof},
        )

    def living_on(self, device: CardDevice) -> Profile:
        """The profile of a card that lives on one more device."""
        others = [one for one in self.devices if one.digest != device.digest]
        return self._replace(devices=(*others, device)[-DEVICES_MAX:])

    @property
    def celebrates(self) -> bool:
        """Whether a birthday is rewarded: one that was typed on a page is when the card has a
        confirmed contact, so that one person has one."""
        typed = self.proofs.get("birthday", {}).get("by") == "page"
        return bool(self.contacts()) or not typed

    def with_proof(self, at_ms: int, by: str, *what: str) -> Profile:
        """The profile that knows when and by whom these contacts or consents were given."""
        new = {name: {"at": at_ms, "by": by} for name in what}
        return self._replace(proofs={**self.proofs, **new})

    def without(self, kinds: Collection[str]) -> Profile:
        """The profile without its contacts and claims of these kinds."""
        return self._replace(
            email="" if "email" in kinds else self.email,
            phone="" if "phone" in kinds else self.phone,
            claims={kind: claim for kind, claim in self.claims.items() if kind not in kinds},
            proofs={name: proof for name, proof in self.proofs.items() if name not in kinds},
        )


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
            Put(self._profile_item(profile), Absent()),
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
            Put(self._profile_item(empty), Equals("ver", profile.version)),
            *(Put(self._contact_item(contact, ERASED)) for contact in profile.contacts()),
            *(Put(shell(key, now_ms)) for key in (*links, keys.handle(m, profile.handle))),
            *self._recovery_ended(profile, now_ms),
        ]

    def erase(self, writes: list[Put]) -> None:
        """Take a person out of the table; Cancelled when the profile is another by now."""
        self.table.transact(writes)

    def put(self, after: Profile, before: Profile) -> Put:
        """Return the write of a changed profile alone, if it is still what was read."""
        return Put(self._profile_item(after), Equals("ver", before.version))

    def lead(self, contacts: Collection[str], of: str, to: str) -> list[Put]:
        """Return what makes contacts that find one member find another."""
        held = AbsentOrOneOf("c", "", ERASED, of)
        return [Put(self._contact_item(one, to), held) for one in contacts]

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
        """The member whose card shows this rotating code now."""
        offline = guest_codes.offline_handle(code)
        handle = offline or tokens.read_card_code(self.merchant_id, code, epoch_s)
        key = keys.handle(self.merchant_id, handle or "-")
        (item,) = self.table.get(key, consistent=False) if handle else (None,)
        found = item.get("c") if item else None
        profile = self.profile(found) if found and offline else None
        good = profile and shows(profile.devices, self.merchant_id, code, epoch_s)
        return found if good or not offline else None

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

    def _profile_item(self, profile: Profile) -> Item:
        m = self.merchant_id
        return _item(
            keys.profile(m, profile.member_id),
            GSI1PK=keys.members(m),
            GSI1SK=keys.in_time(profile.enrolled_ms, profile.member_id),
            handle=profile.handle,
            enrolled=profile.enrolled_ms,
            name=profile.name,
            email=profile.email,
            phone=profile.phone,
            birthday=profile.birthday,
            language=profile.language,
            consents=dict(profile.consents),
            source=profile.source,
            referred_by=profile.referred_by,
            link=profile.link,
            ver=profile.version,
            proofs={name: dict(proof) for name, proof in profile.proofs.items()},
            **_set(
                link_key=profile.link_key,
                erased=profile.erased_ms,
                merged=profile.merged_into,
                claims={kind: claim._asdict() for kind, claim in profile.claims.items()},
                note=profile.note,
                attributes=dict(profile.attributes),
                timezone=profile.timezone,
                devices=[device._asdict() for device in profile.devices],
                recovery=profile.recovery,
                recovered=profile.recovered_ms,
            ),
        )


def profile_of(item: Item) -> Profile:
    """The profile in a PROFILE item; raises DamagedError when there is none in it."""
    try:
        return _profile(item)
    except KeyError as error:
        raise DamagedError(item) from error


def _profile(item: Item) -> Profile:
    return Profile(
        member_id=item["PK"].rpartition("#")[2],
        handle=item["handle"],
        enrolled_ms=item["enrolled"],
        name=item["name"],
        email=item["email"],
        phone=item["phone"],
        birthday=item["birthday"],
        language=item["language"],
        consents=item["consents"],
        source=item["source"],
        referred_by=item["referred_by"],
        link=item["link"],
        link_key=item.get("link_key", ""),
        version=item["ver"],
        proofs=item.get("proofs", {}),
        erased_ms=item.get("erased", 0),
        claims=claims_of(item.get("claims", {})),
        note=item.get("note", ""),
        attributes=item.get("attributes", {}),
        timezone=item.get("timezone", ""),
        devices=devices_of(item.get("devices", ())),
        recovery=item.get("recovery", ""),
        recovered_ms=item.get("recovered", 0),
        merged_into=item.get("merged", ""),
    )


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


def _set(**attributes: Any) -> Item:
    """The attributes that say something."""
    return {name: value for name, value in attributes.items() if value}


def _item(key: keys.Key, **attributes: Any) -> Item:
    return {"PK": key[0], "SK": key[1], **attributes}
