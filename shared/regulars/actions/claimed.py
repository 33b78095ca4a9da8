"""Confirms what a card claims: by the mailed link, or by a code at the counter.

Whoever confirms first has the contact; that is decided by the transaction that writes it. Another
card's claim to it stays a claim, and nothing that was booked moves.
"""

from __future__ import annotations

from regulars.actions.change_profile import change_profile
from regulars.core import passes, tokens
from regulars.domain.calendar import to_ms
from regulars.domain.refusals import RefusalCode, Refused
from regulars.program.shop import Shop
from regulars.store.claims import CODE_MS, GUESSES, Claim
from regulars.store.members import Members
from regulars.store.profiles import Profile
from regulars.store.table import Put

ELSEWHERE = "is confirmed on another card; go on with that one, or merge the two"
AGAIN = "This code is over; ask for a new one."


def ask_code(shop: Shop, profile: Profile, kind: str) -> Profile:
    """Let a code be entered for a claim; a new code ends the one before. Returns the profile.

    Raises CONFLICT when others have changed the profile.
    """
    claim = profile.claims[kind]
    until_ms = to_ms(shop.now) + CODE_MS
    asked = Claim(claim.value, claim.at_ms, tokens.seed(), until_ms)
    return _changed(shop, profile, profile.with_claim(kind, asked))


def enter_code(shop: Shop, profile: Profile, kind: str, code: str, *noted: Put) -> Profile:
    """Confirm a claim at the counter, with lines of the audit log. Returns the profile.

    For an address the code is the one that was mailed there. A telephone is not written to: the
    code is the one that the guest's card shows, and staff have seen that the number is the guest's.
    Raises INVALID for a wrong code, CODE_EXPIRED when none may be entered (any more),
    CONTACT_TAKEN when another member has the contact, CONFLICT when others have changed the
    profile.
    """
    claim, now_ms = profile.claims[kind], to_ms(shop.now)
    if not claim.takes_code(now_ms):
        raise Refused(RefusalCode.CODE_EXPIRED, AGAIN)
    # Counted before it is looked at: guesses that come at the same time do not add up.
    claim = claim._replace(guesses=claim.guesses + 1)
    profile = _changed(shop, profile, profile.with_claim(kind, claim))
    if not _is_right(shop, profile.member_id, kind, claim, code):
        left = GUESSES - claim.guesses
        wrong = f"is not the code; {left} more can be entered" if left else "is not the code"
        raise Refused(RefusalCode.INVALID, "" if left else AGAIN, (("code", wrong),))
    return _changed(shop, profile, profile.confirmed(kind, now_ms, "counter"), *noted)


def follow_link(shop: Shop, profile: Profile) -> Profile:
    """Confirm the address to which the link was mailed. Returns the profile.

    Raises CONTACT_TAKEN when another member has it, CONFLICT when others have changed the profile.
    """
    return _changed(shop, profile, profile.confirmed("email", to_ms(shop.now), "mail"))


def _is_right(shop: Shop, member_id: str, kind: str, claim: Claim, code: str) -> bool:
    if kind == "phone":
        if passes.handle_in(code):  # the code on a pass is always the same: it proves nothing
            return False
        members = Members(shop.table, shop.merchant_id)
        return members.by_code(code, to_ms(shop.now) // 1000) == member_id
    expected = tokens.contact_code(shop.merchant_id, member_id, claim.value, claim.code)
    return tokens.same(expected, code.replace(" ", ""))


def _changed(shop: Shop, before: Profile, after: Profile, *noted: Put) -> Profile:
    after = after._replace(version=before.version + 1)
    try:
        change_profile(shop, before, after, *noted)
    except Refused as refused:
        if refused.code is not RefusalCode.CONTACT_TAKEN:
            raise
        errors = (("contact", ELSEWHERE),)
        raise Refused(refused.code, "Another member has this contact.", errors) from refused
    return after
