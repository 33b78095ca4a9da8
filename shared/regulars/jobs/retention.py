"""Erases members whom the merchant's retention rule no longer keeps.

Nothing is marked when a card is used. A job of the merchant goes along the list of members in order
of enrolment: when the months of the rule are over since somebody enrolled, they get a due mark.
When that comes due, it is looked whether the card was used, and the mark moves to the day until
which the member is kept, or the member is erased. So nobody is looked at more often than a rule
has months, and the rule costs a stamp nothing.

A rule that is set or made shorter begins again at the oldest member; one that is taken back takes
the marks off as they come due.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from regulars.actions import due_marks
from regulars.actions.due_marks import RETENTION
from regulars.actions.erase import erase_as_read
from regulars.actions.retention import NOTICE, kept_until
from regulars.domain import calendar
from regulars.domain.calendar import from_ms, hour_of, to_ms
from regulars.domain.refusals import RefusalCode, Refused
from regulars.domain.retention import last_day
from regulars.domain.unmerging import UNDO_DAYS
from regulars.program.shop import Shop
from regulars.store import audit, cards, keys, merchant_settings
from regulars.store.audit import Actor
from regulars.store.ledger import due_item
from regulars.store.marshal import Item
from regulars.store.merchant_settings import Known, MerchantSettings
from regulars.store.profiles import profile_of
from regulars.store.table import Put

MARKED_MAX = 500
"""How many members of one merchant get a mark in an hour, so that no merchant holds up others."""

PAGE = 100
SOON = timedelta(hours=1)
AGAIN = timedelta(days=30)
"""When a member is looked at again for whom there is no last day to tell yet."""

RULE = Actor("job", RETENTION, "Retention rule")


def keep(shop: Shop, subject: str) -> None:
    """Mark the members of the merchant who may have to go, or see to one of them."""
    (merchant,) = shop.table.get(keys.merchant(shop.merchant_id))
    if merchant is None:
        raise Refused(RefusalCode.NOT_FOUND)
    if subject == keys.MERCHANT_LEVEL:
        _mark_members(shop, merchant)
    else:
        _see_to(shop, subject, merchant_settings.of_item(merchant))


def take_up(shop: Shop) -> None:
    """Let a rule hold that was set before anything acted on it, after the usual notice."""
    _, own = merchant_settings.read(shop.table, shop.merchant_id)
    if not own.retention_months or own.retention_from_ms:
        return
    from_ms = to_ms(shop.now + NOTICE)

    def make(known: Known) -> Known:
        return known[0], known[1]._replace(retention_from_ms=from_ms)

    mark = due_marks.next_retention(shop.merchant_id, shop.now + SOON)
    merchant_settings.change(shop.table, shop.merchant_id, make, Put(mark))


def _see_to(shop: Shop, member_id: str, own: MerchantSettings) -> None:
    """Erase a member who is not kept any more, or say when to look again."""
    m, table = shop.merchant_id, shop.table
    state, profile_item = table.get(keys.state(m, member_id), keys.profile(m, member_id))
    if not own.retention_months or profile_item is None or profile_item.get("erased"):
        _unmark(shop, member_id)
        return
    if state is None:
        pk, sk = keys.state(m, member_id)
        raise cards.DamagedError({"PK": pk, "SK": sk})
    card, profile = cards.card_of(state), profile_of(profile_item)
    if to_ms(shop.now) < own.retention_from_ms:
        _look_again(shop, member_id, from_ms(own.retention_from_ms))
    elif card.merged_into:
        _see_to_merged(shop, member_id, from_ms(card.recorded_ms) + timedelta(days=UNDO_DAYS))
    elif (until := kept_until(shop, card, profile, own.retention_months)) is None:
        _look_again(shop, member_id, shop.now + AGAIN)
    elif (day_after := _start(shop, until + timedelta(days=1))) > shop.now:
        _look_again(shop, member_id, day_after)
    else:
        rule = {"retention_months": own.retention_months}
        noted = audit.put(m, to_ms(shop.now), RULE, "member.erased", member_id, after=rule)
        erase_as_read(shop, profile, card, noted)


def _see_to_merged(shop: Shop, member_id: str, undo_until: datetime) -> None:
    """Look again when the merge cannot be undone any more; then the kept card stands for it."""
    if shop.now <= undo_until:
        _look_again(shop, member_id, undo_until + SOON)
    else:
        _unmark(shop, member_id)


def _unmark(shop: Shop, member_id: str) -> None:
    pk, sk = keys.due_mark(shop.merchant_id, member_id, RETENTION)
    shop.table.put({"PK": pk, "SK": sk})


def _look_again(shop: Shop, member_id: str, instant: datetime) -> None:
    shop.table.put(due_item(shop.merchant_id, member_id, RETENTION, hour_of(instant)))


def _mark_members(shop: Shop, merchant: Item) -> None:
    """Mark the members whose months since enrolment are over, from where the last run stopped, and
    come again for the next one. Raises CONFLICT when the rule is being changed."""
    m, table, own = shop.merchant_id, shop.table, merchant_settings.of_item(merchant)
    pk, sk = keys.due_mark(m, keys.MERCHANT_LEVEL, RETENTION)
    mark: Item = {"PK": pk, "SK": sk}
    writes = []
    if own.retention_months and to_ms(shop.now) < own.retention_from_ms:
        mark = due_marks.next_retention(m, from_ms(own.retention_from_ms))
    elif own.retention_months:
        progress = keys.cursor(f"{RETENTION}:{m}")
        (kept,) = table.get(progress)
        after = kept["after"] if kept and kept["rule"] == own.retention_from_ms else ""
        after, following = _walk(shop, after, own.retention_months)
        mark = due_marks.next_retention(m, following)
        writes.append(Put({
            "PK": progress[0], "SK": progress[1], "rule": own.retention_from_ms, "after": after
        }))  # fmt: skip
    merchant_settings.put_beside(table, merchant, Put(mark), *writes)


def _walk(shop: Shop, after: str, months: int) -> tuple[str, datetime]:
    """Mark members enrolled after a place in the list; returns how far it came, and when to go
    on."""
    for seen, item in enumerate(_enrolled_after(shop, after)):
        until = last_day(item.get("enrolled", 0), months, shop.program.timezone)
        begins = _start(shop, until + timedelta(days=1))
        if begins > shop.now:
            return after, begins
        if seen == MARKED_MAX:
            return after, shop.now + SOON
        if not item.get("erased"):
            _look_again(shop, item["PK"].rpartition("#")[2], shop.now + SOON)
        after = item["GSI1SK"]
    today = calendar.local_date(shop.now, shop.program.timezone)
    return after, _start(shop, calendar.add_months(today, months))


def _enrolled_after(shop: Shop, after: str) -> Iterator[Item]:
    """Yield the profiles of those who enrolled after a place in the list, in order."""
    start = None
    while True:
        page = shop.table.query(
            keys.members(shop.merchant_id), index=True, between=(f"{after}~" if after else "", "~"),
            limit=PAGE, start=start,
        )  # fmt: skip
        yield from page.items
        start = page.next
        if start is None:
            return


def _start(shop: Shop, day: date) -> datetime:
    return calendar.local_start(day, shop.program.timezone)
