"""Time zones: every name that a browser sends, and the country it leads to, held against CLDR."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import phonenumbers
import pytest
from babel.core import get_global

from regulars.core import contacts, zones

NOWHERE = frozenset({"001", "ZZ"})
"""How CLDR says that a zone is of no country."""

NEWER = {"America/Coyhaique": "CL"}
"""Zones that this CLDR does not know yet."""

ANTARCTIC = frozenset({"Antarctica/Troll", "Antarctica/South_Pole"})
"""Stations: CLDR and the time zone database differ, and nobody has a shop there."""


def by_cldr(zone: str) -> str:
    zone = get_global("zone_aliases").get(zone, zone)
    country = NEWER.get(zone) or get_global("zone_territories").get(zone, "ZZ")
    return "" if country in NOWHERE else str(country)


@pytest.mark.sampled(5)
@pytest.mark.parametrize("zone", sorted(zones.names() - ANTARCTIC))
def test_every_name_leads_to_its_country(zone: str) -> None:
    assert zones.country(zone) == by_cldr(zone)
    assert ZoneInfo(zone).key == zone


def test_every_name_that_browsers_send_is_known() -> None:
    """CLDR's names are the browsers'. Two of them are no longer in the database."""
    known = {*get_global("zone_aliases"), *get_global("zone_aliases").values(),
             *get_global("zone_territories")}  # fmt: skip
    left = {"Canada/East-Saskatchewan", "US/Pacific-New", "Etc/Unknown"}
    assert known - zones.names() <= left


def test_what_was_set_apart_is_needed() -> None:
    for zone, country in zones.APART.items():
        assert by_cldr(zone) == country
        assert zone in zones.names()


def test_what_only_this_machine_knows_is_no_zone() -> None:
    assert not {"localtime", "posixrules", "", "Mars/Olympus", "europe/kyiv"} & zones.names()


@pytest.mark.parametrize(
    ("zone", "typed", "read"),
    [("Asia/Calcutta", "098765 43210", "+919876543210"), ("Europe/Kiev", "067 123 4567", None),
     ("Asia/Saigon", "091 234 56 78", "+84912345678"), ("US/Eastern", "(201) 555-0123", None),
     ("GB", "020 7946 0018", "+442079460018"), ("Asia/Almaty", "8 701 123 4567", "+77011234567")],
)  # fmt: skip
def test_a_national_number_is_read_in_a_zone_of_any_name(
    zone: str, typed: str, read: str | None
) -> None:
    region = zones.country(zone)
    assert contacts.phone(typed, region) == (
        read or phonenumbers.format_number(
            phonenumbers.parse(typed, region), phonenumbers.PhoneNumberFormat.E164
        )
    )  # fmt: skip
