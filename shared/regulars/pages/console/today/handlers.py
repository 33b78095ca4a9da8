"""Today: figures beside those of a week before, what waits, and the newest things that happened."""

from __future__ import annotations

from collections.abc import Callable

from regulars.http import roles
from regulars.http.protocol import Response
from regulars.i18n.of_others import of_others
from regulars.insights import today as counted
from regulars.pages import answer
from regulars.pages.console.frame import attending, frame
from regulars.pages.console.frame.frame import HOME
from regulars.pages.console.frame.here import Console, shown
from regulars.pages.console.set_up.handlers import FIRST_RUN
from regulars.pages.console.sign_in.signing import DEVICE_NAME
from regulars.pages.console.today.view import (
    NEWEST,
    TEMPLATE,
    Figure,
    Happened,
    Newest,
    TodayPage,
    Waiting,
)
from regulars.render.brand import brand_of
from regulars.store import merchant_settings
from regulars.store.members import Members
from regulars.store.staff import MANAGER, OWNER
from regulars.views import history

LATEST = 10
WAITING = 3


def show(here: Console) -> Response:
    """GET /console/: the owner's and the manager's day; who works at the counter is led there."""
    gathered = here.gathered
    program, shop = gathered.program, gathered.shop
    is_staff = not roles.reaches(here.session.role, MANAGER)
    waiting = () if is_staff else _waiting(here)
    view = TodayPage(
        brand_of(program), program.timezone, shop.now,
        () if is_staff else _figures(here),
        waiting[:WAITING], len(waiting) > WAITING,
        () if is_staff else _happened(here),
        steps=() if is_staff else _steps(here), is_staff=is_staff,
    )  # fmt: skip
    return frame.page(here, TEMPLATE, view, "today")


def newest(here: Console) -> Response:
    """GET /console/happened: what the open page asks for every few seconds, without the figures."""
    program = here.gathered.program
    view = Newest(brand_of(program), program.timezone, here.gathered.shop.now, _happened(here))
    return answer.page(200, NEWEST, view, here.words)


def _steps(here: Console) -> tuple[tuple[str, str, bool], ...]:
    """What is left of the first run, until the owner has been through it."""
    shop, t = here.gathered.shop, here.words.t
    _, settings = merchant_settings.read(shop.table, shop.merchant_id)
    if settings.set_up_done or here.session.role != OWNER:
        return ()
    devices = [one for one in here.get("/v1/devices")["items"] if one["name"] != DEVICE_NAME]
    came = here.get("/v1/members", limit="1")["items"]
    return (
        (t("Choose a programme and its colours"), FIRST_RUN, here.gathered.program.version > 1),
        (t("Give the counter a device"), f"{FIRST_RUN}/counter", bool(devices)),
        (t("Print the poster"), "/console/posters", bool(came)),
    )


def _figures(here: Console) -> tuple[Figure, ...]:
    words, program = here.words, here.gathered.program
    t, (now, before) = words.t, counted.compare(here.gathered.shop)
    plain = (
        (t("Visits"), now.visits, before.visits),
        (t("New members"), now.joined, before.joined),
        (t("Rewards redeemed"), now.redeemed, before.redeemed),
    )
    found = [_figure(label, one, other, words.number, words.signed) for label, one, other in plain]
    sales = _figure(
        t("Sales to members"), now.spend_minor, before.spend_minor,
        lambda minor: words.money(minor, program.currency),
        lambda minor: ("+" if minor > 0 else "") + words.money(minor, program.currency),
    )  # fmt: skip
    return (found[0], sales, *found[1:])


def _figure(
    label: str, now: int, before: int, plain: Callable[[int], str], signed: Callable[[int], str]
) -> Figure:
    change = now - before
    sign = (change > 0) - (change < 0)
    return Figure(label, plain(now), signed(change) if sign else "", sign, plain(before))


def _waiting(here: Console) -> tuple[Waiting, ...]:
    items, _ = attending.page(here, WAITING + 1)
    return tuple(
        Waiting(attending.title(here, item), attending.action(here, item), attending.PATH)
        for item in items
    )


def _happened(here: Console) -> tuple[Happened, ...]:
    shop, words, program = here.gathered.shop, here.words, here.gathered.program
    newest = counted.latest(shop, LATEST)
    profiles = Members(shop.table, shop.merchant_id).profiles([one for one, _ in newest])
    found = []
    for member_id, entry in newest:
        (row,) = history.events(program, [entry], of_others(words.lang))
        profile = profiles.get(member_id)
        gained = ", ".join(words.change(unit, n) for unit, n in row.changes)
        found.append(
            Happened(
                row.at,
                profile.name if profile else "",
                f"/console/members/{member_id}",
                gained,
                row.why,
            )
        )
    return tuple(found)


ROUTES = {
    "GET /console": shown(show),
    f"GET {HOME}": shown(show),
    f"GET {HOME}happened": shown(newest),
}
