"""Lets a card live on devices: the first one, others that are let in, and the way back.

Each change is decided on the profile as it is written, so that of two browsers that come at once
the second is asked what the first was not.
"""

from __future__ import annotations

from collections.abc import Callable

from regulars.core import guest_codes
from regulars.domain.calendar import to_ms
from regulars.domain.refusals import RefusalCode, Refused
from regulars.program.shop import Shop
from regulars.store.card_devices import CardDevice
from regulars.store.members import Members
from regulars.store.profiles import Profile
from regulars.store.table import Cancelled

TRIES = 5


def first(shop: Shop, profile: Profile, device: CardDevice) -> Profile:
    """Let a card that lives nowhere live on a device. Raises DEVICE_NEEDED when it lives elsewhere
    by now, CONFLICT when others keep changing the profile."""

    def change(now: Profile) -> Profile:
        if now.devices:
            raise Refused(RefusalCode.DEVICE_NEEDED)
        return now.living_on(device)

    return _changed(shop, profile, change)


def with_code(shop: Shop, profile: Profile, device: CardDevice, code: str) -> Profile:
    """Let a device in with the code that another one of the card shows. Raises INVALID for a code
    that is not it."""

    def change(now: Profile) -> Profile:
        if not is_let_in(shop, now, code):
            raise Refused(RefusalCode.INVALID, "", (("code", "is not the code"),))
        return now.living_on(device)

    return _changed(shop, profile, change)


def is_let_in(shop: Shop, profile: Profile, code: str) -> bool:
    """Tell whether a code is the one that a device of the card shows now."""
    m, c, epoch_s = shop.merchant_id, profile.member_id, to_ms(shop.now) // 1000
    made_from = newest(profile)
    return bool(made_from) and guest_codes.is_device_code(m, c, made_from, code, epoch_s)


def newest(profile: Profile) -> str:
    """What the code for another device is made from: it ends when one has come in."""
    return profile.devices[-1].digest if profile.devices else ""


def by_mail(shop: Shop, profile: Profile, device: CardDevice, asked_ms: int) -> Profile:
    """Let a device in by the link that was mailed at an instant. Raises CODE_USED when this link,
    or a later one, was used."""

    def change(now: Profile) -> Profile:
        if asked_ms <= now.recovered_ms:
            raise Refused(RefusalCode.CODE_USED)
        return now.living_on(device)._replace(recovered_ms=asked_ms)

    return _changed(shop, profile, change)


def end(shop: Shop, profile: Profile, device_id: str) -> Profile:
    """End a device; one that is not there (any more) is no mistake."""

    def change(now: Profile) -> Profile:
        return now._replace(devices=tuple(one for one in now.devices if one.device_id != device_id))

    return _changed(shop, profile, change)


def new_recovery_code(shop: Shop, profile: Profile) -> str:
    """Make the code with which the card is recovered, and end the one before; it is shown once."""
    code = guest_codes.new_recovery_code()
    digest = guest_codes.recovery_digest(shop.merchant_id, code)
    _changed(shop, profile, lambda now: now._replace(recovery=digest))
    return code


def by_recovery_code(shop: Shop, code: str, device: CardDevice) -> str | None:
    """Let a device in with a recovery code, which is used up. Returns the member; None when no card
    has this code."""
    members = Members(shop.table, shop.merchant_id)
    digest = guest_codes.recovery_digest(shop.merchant_id, code)
    member_id = members.by_recovery(digest)
    profile = members.profile(member_id) if member_id else None
    if profile is None:
        return None

    def change(now: Profile) -> Profile:
        if now.recovery != digest:
            raise Refused(RefusalCode.CODE_USED)
        return now.living_on(device)._replace(recovery="")

    return _changed(shop, profile, change).member_id


def _changed(shop: Shop, profile: Profile, change: Callable[[Profile], Profile]) -> Profile:
    members = Members(shop.table, shop.merchant_id)
    for _ in range(TRIES):
        changed = change(profile)._replace(version=profile.version + 1)
        try:
            if changed.recovery == profile.recovery:
                members.change(profile, changed)
            else:
                members.change_recovery(profile, changed, to_ms(shop.now))
        except Cancelled:
            found = members.profile(profile.member_id)
            if found is None:
                raise Refused(RefusalCode.NOT_FOUND) from None
            profile = found
        else:
            return changed
    raise Refused(RefusalCode.CONFLICT, "The profile is being changed by others; try again.")
