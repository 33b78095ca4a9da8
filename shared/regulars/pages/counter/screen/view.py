"""The counter screen's view."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from regulars.i18n import Text, UnitNames
from regulars.render.brand import Brand
from regulars.render.page import Template

TEMPLATE = Template(
    "pages/counter/screen/screen.html",
    ("pages/counter/screen/screen.css", "pages/counter/screen/panels.css"),
    camera=True,
)
NOTHING: Mapping[str, Text] = MappingProxyType({})


class Colleague(NamedTuple):
    """Somebody who works there; `may_sign_in` on this device, with a PIN if `needs_pin`."""

    staff_id: str
    name: str
    needs_pin: bool
    is_manager: bool
    may_sign_in: bool


class Here(NamedTuple):
    """Which device of which shop shows the page, and who is signed in on it."""

    shop: str
    device: str
    staff_id: str
    role: str
    people: tuple[Colleague, ...]


class CounterPage(NamedTuple):
    """`GET /staff/counter`: the counter screen.

    `units`, `rewards`, `tiers` and `categories` are the programme's names by id. `keys` are what
    may be tapped for a guest, `stamp` is the id of the unit that is counted today (None for
    visits), `today` counts what this person gave today. `gifts` are what staff may give unasked:
    by id what it is for, and the reward.
    """

    brand: Brand
    staff: str
    location: str
    currency: str
    zone: str
    languages: tuple[str, ...]
    units: Mapping[str, UnitNames]
    rewards: Mapping[str, Text] = NOTHING
    worth: Mapping[str, str] = MappingProxyType({})
    """What discounts take off, by reward, in the counter's own language."""
    tiers: Mapping[str, Text] = NOTHING
    discounts: Mapping[str, tuple[Text, ...]] = MappingProxyType({})
    """What is cheaper in a tier, by tier."""
    perks: Mapping[str, tuple[Text, ...]] = MappingProxyType({})
    """What else a tier that is sold brings."""
    categories: Mapping[str, Text] = NOTHING
    keys: tuple[Mapping[str, Any], ...] = ()
    actions: tuple[tuple[str, str, str], ...] = ()
    stamp: str | None = None
    today: int = 0
    gifts: Mapping[str, tuple[Text, Text]] = MappingProxyType({})
    here: Here = Here("", "", "", "staff", ())
    join_url: str = ""
    codes: bool = True
    """Whether a code that a guest scans gives something: it is one visit."""
    now: str = ""
    sign_out: str = "/staff/sign-out"
