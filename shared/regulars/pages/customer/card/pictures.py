"""The shop's pictures: icons of the card as an app, and what the link to join is shown with."""

from __future__ import annotations

from datetime import datetime

from regulars.domain import calendar
from regulars.domain.card import Card
from regulars.domain.program import Program
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import protocol
from regulars.pages.customer.card import opening
from regulars.program.load import program_of
from regulars.render import pictures
from regulars.render.brand import brand_of
from regulars.store import connect, keys, merchants
from regulars.views import customer

ICONS = {f"icon-{size}.png": size for size in pictures.ICON_SIZES}
JOIN = "join.png"
KEPT = "public, max-age=86400"
"""A shop changes its color once in years; messengers keep what they show for longer anyway."""


def show(request: protocol.Request) -> protocol.Response:
    """GET /card/{slug}/pictures/{name}: `icon-192.png` and other sizes, or `join.png`."""
    name = request.param("name")
    if name not in ICONS and name != JOIN:
        raise Refused(RefusalCode.NOT_FOUND)
    m = opening.merchant_of(connect.lean_table(), request.param("slug").lower())
    program = program_in_force(m)
    brand = brand_of(program)
    if name in ICONS:
        return protocol.picture(pictures.icon(brand, ICONS[name]), KEPT)
    now = merchants.now_of(m, None)
    return protocol.picture(pictures.card(brand, _places(program, now)), KEPT)


def program_in_force(merchant_id: str) -> Program:
    """The programme of a merchant. Raises NOT_FOUND when there is none (any more)."""
    (item,) = connect.lean_table().get(keys.program(merchant_id), consistent=False)
    if item is None:
        raise Refused(RefusalCode.NOT_FOUND)
    return program_of(item)


def _places(program: Program, now: datetime) -> int:
    """How many places a new card has; 0 where points are counted, or nothing is."""
    today = calendar.local_date(now, program.timezone)
    goal = customer.goal(program, Card(""), today)
    if goal is None or goal.kind != "stamps":
        return 0
    return goal.need + goal.beside


ROUTES = {"GET /card/{slug}/pictures/{name}": show}
