"""The counter screen's view."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from regulars.i18n import Text, UnitNames
from regulars.render.brand import Brand
from regulars.render.page import Template

TEMPLATE = Template(
    "pages/counter/screen/screen.html", ("pages/counter/screen/screen.css",), camera=True
)
NOTHING: Mapping[str, Text] = MappingProxyType({})


class CounterPage(NamedTuple):
    """`GET /staff/counter`: the counter screen.

    `units`, `rewards` and `tiers` are the programme's names by id; `stamp` is the id of the unit
    that +1 grants (None hides +1); `amounts` shows the keypad. `today` counts what this device
    gave today. `gifts` are what staff may give unasked: by id what it is for, and the reward.
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
    stamp: str | None = None
    amounts: bool = True
    today: int = 0
    gifts: Mapping[str, tuple[Text, Text]] = MappingProxyType({})
    sign_out: str = "/staff/sign-out"
