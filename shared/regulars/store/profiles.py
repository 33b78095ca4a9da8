"""What a member told us: all personal data, apart from the ledger, and how it lies in the table."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from regulars.store import formats, keys
from regulars.store.card_devices import DEVICES_MAX, CardDevice, devices_of
from regulars.store.cards import DamagedError
from regulars.store.claims import Claim, claims_of
from regulars.store.marshal import Item

CONTACT_KINDS = ("email", "phone")
"""The fields of a profile by which a member is found."""


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
    rest: Mapping[str, Any] = MappingProxyType({})
    """What a newer version of the service keeps of it."""

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


def profile_item(m: str, profile: Profile) -> Item:
    """The PROFILE item of a member of a merchant."""
    pk, sk = keys.profile(m, profile.member_id)
    return {
        **profile.rest,
        "PK": pk,
        "SK": sk,
        "GSI1PK": keys.members(m),
        "GSI1SK": keys.in_time(profile.enrolled_ms, profile.member_id),
        "handle": profile.handle,
        "enrolled": profile.enrolled_ms,
        "name": profile.name,
        "email": profile.email,
        "phone": profile.phone,
        "birthday": profile.birthday,
        "language": profile.language,
        "consents": dict(profile.consents),
        "source": profile.source,
        "referred_by": profile.referred_by,
        "link": profile.link,
        "ver": profile.version,
        "proofs": {name: dict(proof) for name, proof in profile.proofs.items()},
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
    }


def profile_of(item: Item) -> Profile:
    """The profile in a PROFILE item; raises DamagedError when there is none in it."""
    try:
        return _profile(item)
    except KeyError as error:
        raise DamagedError(item) from error


def _profile(item: Item) -> Profile:
    take, rest = formats.taken(item)
    return Profile(
        member_id=take("PK").rpartition("#")[2],
        handle=take("handle"),
        enrolled_ms=take("enrolled"),
        name=take("name"),
        email=take("email"),
        phone=take("phone"),
        birthday=take("birthday"),
        language=take("language"),
        consents=take("consents"),
        source=take("source"),
        referred_by=take("referred_by"),
        link=take("link"),
        link_key=take("link_key", ""),
        version=take("ver"),
        proofs=take("proofs", {}),
        erased_ms=take("erased", 0),
        claims=claims_of(take("claims", {})),
        note=take("note", ""),
        attributes=take("attributes", {}),
        timezone=take("timezone", ""),
        devices=devices_of(take("devices", ())),
        recovery=take("recovery", ""),
        recovered_ms=take("recovered", 0),
        merged_into=take("merged", ""),
        rest=rest,
    )


def _set(**attributes: Any) -> Item:
    """The attributes that say something."""
    return {name: value for name, value in attributes.items() if value}
