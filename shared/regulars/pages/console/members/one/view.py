"""The views of one member and of a merge."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from regulars.pages.console.frame.forms import Form
from regulars.pages.console.members.view import SHEETS, Choices
from regulars.render.brand import Brand
from regulars.render.page import Template

TEMPLATE = Template("pages/console/members/one/member.html", SHEETS)
MERGE = Template("pages/console/members/one/merge.html", SHEETS)


class Fact(NamedTuple):
    """A figure of a member, with what belongs to it below."""

    label: str
    value: str
    under: str = ""


class Line(NamedTuple):
    """A line of the ledger in words."""

    at: datetime
    why: str
    more: str
    gained: str
    is_gain: bool
    undo: int = 0
    """The number of the entry, as long as it can be taken back here."""


class Waiting(NamedTuple):
    """A voucher that can be redeemed."""

    code: str
    name: str
    until: date | None


class Contact(NamedTuple):
    """A contact, and whether it is confirmed."""

    kind: str
    value: str
    is_confirmed: bool


class MemberPage(NamedTuple):
    """`GET /console/members/{id}`."""

    brand: Brand
    zone: str
    now: datetime
    member_id: str
    name: str
    fact: str
    facts: tuple[Fact, ...]
    lines: tuple[Line, ...]
    following: str
    """Where older lines are; empty on the last page."""
    vouchers: tuple[Waiting, ...]
    contacts: tuple[Contact, ...]
    consents: tuple[tuple[str, bool, str], ...]
    """(channel in words, given, when and how)."""
    devices: tuple[tuple[str, date], ...]
    """(system, since when) of each that the card lives on."""
    note: str
    birthday: str
    language: str
    attributes: tuple[tuple[str, str], ...]
    units: Choices
    tiers: Choices
    surprises: Choices
    languages: Choices
    currency: str
    form: Form
    doing: str = ""
    """Which form was sent and has mistakes."""
    asked: str = ""
    """The contact that a code was sent to."""
    is_owner: bool = False


class Candidate(NamedTuple):
    """Somebody whose card may come over."""

    member_id: str
    name: str
    contact: str
    fact: str


class MergePage(NamedTuple):
    """`GET /console/members/{id}/merge`."""

    brand: Brand
    member_id: str
    name: str
    q: str
    candidates: tuple[Candidate, ...]
    chosen: Candidate | None
    moves: tuple[str, ...]
    """What would come over, in words."""
    form: Form
