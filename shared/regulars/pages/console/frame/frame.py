"""The frame around a page: sections, who is here, the sandbox bar, what was just done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple
from urllib.parse import urlencode

from regulars.domain import calendar
from regulars.http import protocol, roles, sessions
from regulars.http.protocol import Response
from regulars.pages import answer
from regulars.pages.console.frame.here import Console
from regulars.render.page import Template, View

HOME = "/console/"
CSS = ("base.css", "pages/console/frame/frame.css", "pages/console/frame/parts.css")
"""The sheets of every page of the console; a page adds its own."""

T = Callable[..., str]


class Link(NamedTuple):
    """A section in the rail: where it leads and whether it is the one that is open."""

    area: str
    label: str
    href: str
    is_open: bool = False


class Notice(NamedTuple):
    """What was just done, or is so; with the way to undo it."""

    text: str
    kind: str = "good"
    undo: tuple[str, tuple[tuple[str, str], ...]] | None = None
    """(where the form goes, its hidden fields)."""


class Frame(NamedTuple):
    """What stands around a page."""

    shop: str
    person: str
    role: str
    sections: tuple[Link, ...]
    """The day's work."""
    bar: tuple[Link, ...]
    """Those of them that stand at the foot of a phone, before "More"."""
    places: tuple[Link, ...]
    """The pages of the shop itself."""
    is_shop_open: bool
    area: str
    sandbox: str = ""
    """The clock of the sandbox in words; empty in the live shop."""
    notice: Notice | None = None
    back: Link | None = None
    """The page above this one."""
    path: str = ""
    """Where the page is."""
    is_sure: bool = True
    """Whether who is here has lately shown who they are, as some forms ask for."""


def sections(t: T) -> tuple[tuple[str, str, str], ...]:
    """(area, label, path) of the day's work, in their order."""
    return (
        ("today", t("Today"), HOME),
        ("members", t("Members"), "/console/members"),
        ("programme", t("Programme"), "/console/programme"),
        ("campaigns", t("Campaigns"), "/console/campaigns"),
        ("messages", t("Messages"), "/console/messages"),
        ("insights", t("Insights"), "/console/insights"),
        ("posters", t("Posters"), "/console/posters"),
    )


def places(t: T) -> tuple[tuple[str, str, str], ...]:
    """(area, label, path) of the pages of the shop."""
    return (
        ("staff", t("Staff and devices"), "/console/staff"),
        ("tills", t("Tills and shops"), "/console/tills"),
        ("locations", t("Locations, hours"), "/console/locations"),
        ("keys", t("Keys, webhooks"), "/console/keys"),
        ("data", t("Data"), "/console/data"),
        ("audit", t("Audit trail"), "/console/audit"),
        ("shop", t("Shop and owner"), "/console/shop"),
        ("you", t("You"), "/console/you"),
    )


BAR = ("today", "members", "programme", "insights")
"""The sections at the foot of a phone, before "More"."""


def page(
    here: Console, template: Template, view: View, area: str, *,
    status: int = 200, notice: Notice | None = None, back: tuple[str, str] | None = None,
    cookies: tuple[str, ...] = (), **more: object,
) -> Response:  # fmt: skip
    """Answer a page of an area in its frame; `back` is (label, path) of the page above it."""
    frame = frame_of(here, area, notice, back)
    return answer.page(status, template, view, here.words, cookies, frame=frame, **more)


def frame_of(
    here: Console, area: str, notice: Notice | None = None, back: tuple[str, str] | None = None
) -> Frame:
    """What stands around a page of an area, for who is here."""
    program = here.gathered.program
    days, own = (_links(here, area, known(here.words.t)) for known in (sections, places))
    session = here.session
    return Frame(
        program.name, session.name, role_name(here.words.t, session.role), days,
        tuple(link for link in days if link.area in BAR), own,
        is_shop_open=any(link.is_open for link in own), area=area,
        sandbox=_clock(here) if here.is_sandbox else "", notice=notice,
        back=Link("", *back) if back else None, path=here.request.path,
        is_sure=sessions.is_sure(session),
    )  # fmt: skip


def role_name(t: T, role: str) -> str:
    """A role in words."""
    names = {"owner": t("owner"), "manager": t("manager"), "staff": t("staff")}
    return names[role]


def done(path: str, what: str, **more: str) -> Response:
    """Lead on after something was done; the page that opens says so (see `noticed`)."""
    return protocol.redirect(f"{path}?{urlencode({'done': what, **more})}")


def noticed(here: Console, texts: Mapping[str, str]) -> Notice | None:
    """What the address says was just done, in the words of the page; None for anything else."""
    text = texts.get(here.request.query.get("done", ""))
    return Notice(text) if text else None


def _clock(here: Console) -> str:
    words, zone = here.words, here.gathered.program.timezone
    now = here.gathered.now
    return f"{words.date(calendar.local_date(now, zone))}, {words.clock(now, zone)}"


def _links(here: Console, area: str, known: tuple[tuple[str, str, str], ...]) -> tuple[Link, ...]:
    role = here.session.role
    return tuple(
        Link(name, label, path, name == area)
        for name, label, path in known
        if roles.allows(role, f"GET {path}")
    )
