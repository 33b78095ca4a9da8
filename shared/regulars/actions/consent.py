"""Gives or takes back a member's consent."""

from __future__ import annotations

from collections.abc import Mapping

from regulars.domain.refusals import RefusalCode, Refused
from regulars.store.members import Members
from regulars.store.profiles import Profile
from regulars.store.table import Cancelled

CHANGE_TRIES = 5


def stop_mails(members: Members, profile: Profile, at_ms: int) -> None:
    """Send a member no more mails: neither what needs consent, nor to these addresses what
    somebody asked for by typing them."""
    claim = profile.claims.get("email")
    for address in {profile.email, claim.value if claim else ""} - {""}:
        members.stop_mails(address, at_ms)
    set_consent(members, profile, "email", agreed=False, at_ms=at_ms)


def worded(profile: Profile, sentences: Mapping[str, str]) -> Profile:
    """Return a profile that knows in which words each consent was asked for, by channel."""
    worded = {
        name: {**profile.proofs[name], "wording": sentence}
        for channel, sentence in sentences.items()
        if (name := f"consent.{channel}") in profile.proofs
    }
    return profile._replace(proofs={**profile.proofs, **worded})


def set_consent(
    members: Members, profile: Profile, name: str, *, agreed: bool, at_ms: int, wording: str = ""
) -> None:
    """Store whether a member agrees to `name` now, and in which words it was asked for, where there
    are some; raises CONFLICT when others keep changing it."""
    for _ in range(CHANGE_TRIES):
        if bool(profile.consents.get(name)) is agreed:
            return
        consents = {**profile.consents, name: agreed}
        changed = profile.with_proof(at_ms, "member", f"consent.{name}")
        changed = worded(changed, {name: wording}) if wording else changed
        changed = changed._replace(consents=consents, version=profile.version + 1)
        try:
            members.change(profile, changed)
        except Cancelled:
            profile = members.profile(profile.member_id) or profile
        else:
            return
    raise Refused(RefusalCode.CONFLICT)
