"""Changes a member's profile, with the due mark of a new birthday, or not at all."""

from __future__ import annotations

from regulars.domain.due import BIRTHDAY
from regulars.domain.operations import ClearDue, Origin
from regulars.domain.refusals import RefusalCode, Refused
from regulars.program.shop import Shop
from regulars.store import keys
from regulars.store.ledger import TakenError
from regulars.store.members import Members
from regulars.store.profiles import Profile
from regulars.store.table import Cancelled, Put

TAKEN = "is on another member's card; leave it out, or take it off that card first"


def change_profile(shop: Shop, before: Profile, after: Profile, *noted: Put) -> None:
    """Write a changed profile and its contacts, with lines of the audit log; `after` has the next
    version.

    Raises CONFLICT when others have changed the profile, CONTACT_TAKEN when another member has one
    of the contacts, NOT_FOUND when the card is gone.
    """
    members = Members(shop.table, shop.merchant_id)
    if after.birthday == before.birthday:
        try:
            members.change(before, after, *noted)
        except Cancelled as cancelled:
            raise _refused(members, after, of_profile=cancelled.reasons[0].failed) from cancelled
        return
    card = shop.ledger.card(after.member_id)
    if card is None:
        raise Refused(RefusalCode.NOT_FOUND)
    origin = Origin(f"{BIRTHDAY}:{after.member_id}:{card.version}", "api")
    remind = ClearDue(origin, BIRTHDAY, after.birthday[-5:])
    writes = [*members.changes(before, after), *noted]
    try:
        shop.ledger.perform(shop.program, card, remind, shop.now, extra=writes, fresh=True)
    except TakenError as taken:
        profile = keys.profile(shop.merchant_id, after.member_id)
        of_profile = taken.item.get("SK") == profile[1]
        raise _refused(members, after, of_profile=of_profile) from taken


def _refused(members: Members, wanted: Profile, *, of_profile: bool) -> Refused:
    """What a change was refused for; of a contact each kind that another member has."""
    if of_profile:
        return Refused(RefusalCode.CONFLICT, "The profile is being changed by others.")
    known = members.who_has(wanted.contacts_by_kind())
    taken = tuple(
        (kind, TAKEN) for kind, member_id in known.items() if member_id != wanted.member_id
    )
    if not taken:  # it was given up since
        return Refused(RefusalCode.CONFLICT, "The contact has just become free; try again.")
    return Refused(RefusalCode.CONTACT_TAKEN, "Another member has a contact; see errors.", taken)
