"""Codes that guests scan: made, shown on a display, opened, and used on a card.

A use is one transaction: the entry, the operation that names card and code, and the count of the
code. So a code that is good once is booked once, whoever comes at the same moment, and a card uses
a code once, however often its form is sent.
"""

from __future__ import annotations

import os
from typing import NamedTuple

from regulars.core import display_codes, tokens
from regulars.core.config import settings
from regulars.domain import calendar
from regulars.domain.allowances import Allowance
from regulars.domain.calendar import to_ms
from regulars.domain.card import Card
from regulars.domain.earning_codes import DISPLAY, DISPLAY_USES, PRINTED, EarningCode
from regulars.domain.operations import AnyOperation, Origin
from regulars.domain.program import Opening
from regulars.domain.refusals import RefusalCode, Refused
from regulars.program.shop import Shop
from regulars.store import earning_codes, staff
from regulars.store.answers import Answer, Idempotency
from regulars.store.ledger import Render, TakenError
from regulars.store.table import Table


class Made(NamedTuple):
    """A new code, and the link that leads to it."""

    code: EarningCode
    url: str


def make(table: Table, wanted: EarningCode) -> Made:
    """Keep a new code; `wanted` says all of it but its id."""
    token = tokens.random_id(earning_codes.TOKEN_LENGTH)
    code = wanted._replace(code_id=tokens.digest(token))
    put = earning_codes.put(code)
    table.put(put.item, put.condition)
    return Made(code, link(token))


def link(token: str) -> str:
    """The link that a code is drawn from."""
    return f"{settings().base_url}/t/{token}"


def opened(table: Table, token: str) -> EarningCode:
    """Return the code of a link, over or not; raises NOT_FOUND for no code of ours, and for one of
    a device that may not show any (any more)."""
    shown = display_codes.read(token)
    code = earning_codes.read(table, token) if shown is None else None
    if shown is not None:
        device = staff.device(table, shown.merchant_id, shown.device_id)
        if device is None:
            raise Refused(RefusalCode.NOT_FOUND)
        code_id = tokens.digest(token)
        code = EarningCode(
            code_id, shown.merchant_id, DISPLAY, location=device.location,
            until_ms=shown.until_s * 1000, uses=DISPLAY_USES, device=device.device_id,
            used=earning_codes.used(table, code_id)[0],
        )  # fmt: skip
    if code is None:
        raise Refused(RefusalCode.NOT_FOUND)
    return code


def by_id(shop: Shop, code_id: str) -> EarningCode:
    """Return a code of the merchant as of now; raises NOT_FOUND."""
    code = earning_codes.by_id(shop.table, code_id)
    if code is None or code.merchant_id != shop.merchant_id:
        raise Refused(RefusalCode.NOT_FOUND)
    return code


def is_open(shop: Shop, location: str | None) -> bool:
    """Tell whether a place is open now; one that does not say when is."""
    hours = shop.program.opening.get(location or "", ())
    local = shop.now.astimezone(calendar.zone(shop.program.timezone))
    return not hours or any(_within(one, local.weekday(), local.strftime("%H:%M")) for one in hours)


def _within(hours: Opening, weekday: int, clock: str) -> bool:
    if hours.starts < hours.ends:
        return weekday in hours.days and hours.starts <= clock < hours.ends
    tonight = weekday in hours.days and hours.starts <= clock
    return tonight or ((weekday - 1) % 7 in hours.days and clock < hours.ends)


def of_display(shop: Shop, code: EarningCode) -> EarningCode:
    """A code of a display with what the programme gives for it."""
    if code.kind != DISPLAY:
        return code
    return code._replace(visits=shop.program.display.visits)


def has_used(shop: Shop, code: EarningCode, member_id: str) -> bool:
    """Tell whether a card has used a code."""
    return shop.ledger.known(code.op(member_id), "") is not None


def use(shop: Shop, code: EarningCode, card: Card, render: Render | None = None) -> Answer:
    """Book what a code gives on a card, once; the same card gets the same answer again.

    Raises CODE_EXPIRED, CODE_USED, ORDER_OF_ANOTHER_MEMBER when the receipt's order is on another
    card, and what the rules refuse: CAP_REACHED, LIMIT_REACHED, STAFF_LIMIT.
    """
    code, op = of_display(shop, code), code.op(card.member_id)
    if known := shop.ledger.known(op, ""):
        return known
    if code.is_over(to_ms(shop.now)):
        raise Refused(RefusalCode.CODE_EXPIRED, "This code is too old; ask for a new one.")
    alias = f"order:{code.order_id}" if code.order_id else None
    try:
        answer = shop.ledger.perform(
            shop.program, card, _operation(shop, code, op), shop.now,
            idempotency=Idempotency(alias=alias), render=render,
            extra=(earning_codes.use(code),), fresh=True,
        )  # fmt: skip
    except TakenError as taken:
        if known := shop.ledger.known(op, ""):  # this card was faster, by another request
            return known
        raise Refused(RefusalCode.CODE_USED, "This code has been used.") from taken
    if answer.replayed and answer.member_id != card.member_id:
        raise Refused(RefusalCode.ORDER_OF_ANOTHER_MEMBER, "This receipt is on another card.")
    if answer.replayed and not has_used(shop, code, card.member_id):
        raise Refused(RefusalCode.CODE_USED, "This receipt is on the card already.")
    return answer


def _operation(shop: Shop, code: EarningCode, op: str) -> AnyOperation:
    """The operation of a use. What staff give counts as booked by them, under their limits."""
    marks = {"code": code.code_id[:16], "scanned": code.kind}
    origin = Origin(
        op, "staff" if code.staff else "code", staff=code.staff, location=code.location,
        entropy=os.urandom(16), marks=marks | ({"device": code.device} if code.device else {}),
        allowance=_allowance(shop, code.staff, code.location) if code.staff else None,
    )  # fmt: skip
    if code.kind == PRINTED:
        from regulars.domain.held_visits import HoldVisit

        scan = code.scan(shop.program)
        if scan is None:
            raise AssertionError("codes on walls have limits")
        return HoldVisit(origin, code.visits, scan)
    return code.earns(origin, shop.program)


def _allowance(shop: Shop, staff_id: str, location: str | None) -> Allowance | None:
    """What bounds whoever made the code; None when nothing does."""
    person = staff.person(shop.table, shop.merchant_id, staff_id)
    if person is None:
        return None
    limits = shop.program.limits_at(location).staff._replace(**person.limits)
    day, _ = staff.read_day(shop.table, shop.merchant_id, staff_id)
    return Allowance(limits, day) if any(limits) else None
