"""What single fields of a programme document may hold: texts, amounts, days, zones; and the small
parts that others are made of."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Annotated, Literal, NamedTuple
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from regulars.core import checks
from regulars.domain.values import millionths
from regulars.i18n.currencies import CURRENCIES


def _printable(text: str) -> str:
    if not checks.printable(text):
        raise ValueError("must not contain control characters")
    return text


Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]


class Reference(NamedTuple):
    """Marks a field that names a part of another section; `check.py` sees that it is there."""

    section: str
    singular: str


UnitRef = Annotated[Id, Reference("units", "unit")]
RewardRef = Annotated[Id, Reference("rewards", "reward")]
TierRef = Annotated[Id, Reference("tiers", "tier")]
LocationRef = Annotated[Id, Reference("locations", "location")]
ActionName = Id
"""What members do; the programme itself says which there are."""

Short = Annotated[
    str,
    StringConstraints(min_length=1, max_length=80, strip_whitespace=True),
    AfterValidator(_printable),
]
Sentence = Annotated[
    str,
    StringConstraints(min_length=1, max_length=300, strip_whitespace=True),
    AfterValidator(_printable),
]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
Name = Short | Annotated[dict[Language, Short], Field(min_length=1, max_length=20)]
Words = Sentence | Annotated[dict[Language, Sentence], Field(min_length=1, max_length=20)]
Plural = Literal["zero", "one", "two", "few", "many", "other"]
UnitName = Annotated[
    dict[Language, Annotated[dict[Plural, Short], Field(min_length=1)]],
    Field(min_length=1, max_length=20),
]
Promise = Annotated[
    dict[Language, Annotated[dict[Plural, Sentence], Field(min_length=1)]],
    Field(
        min_length=1,
        max_length=20,
        description="The card's headline while the reward is not reached: plural forms by "
        "language; `{n}` is the number of units that are missing",
    ),
]


def _above_zero(rate: str) -> str:
    if not millionths(rate):
        raise ValueError("must be more than 0")
    return rate


Money = Annotated[int, Field(ge=0, le=10**12)]
Positive = Annotated[int, Field(ge=1, le=1_000_000)]
Days = Annotated[int, Field(ge=0, le=3650)]
Multiplier = Annotated[
    str,
    StringConstraints(pattern=r"^(?:[1-9]|10)(?:\.[0-9]{1,3})?$|^0\.[0-9]{1,3}$"),
    Field(description="A decimal with at most three places, as text: `1.5`"),
]

Rate = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{1,6}(?:\.[0-9]{1,6})?$"),
    AfterValidator(_above_zero),
    Field(description="A decimal above 0 with at most six places, as text: `0.5`"),
]


Share = Annotated[
    str,
    StringConstraints(pattern=r"^(?:0(?:\.[0-9]{1,3})?|1(?:\.0{1,3})?)$"),
    Field(description="A share from 0 to 1 with at most three places, as text: `0.5`"),
]

FIRST_YEAR, LAST_YEAR = 2000, 2999
"""Days outside would overflow a calendar when one is added."""

CLOCK = r"^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$"
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Segment = Literal["new", "returning", "loyal", "at_risk", "lapsed"]


def _real_day(day: str) -> str:
    try:
        found = date.fromisoformat(day)
    except ValueError:
        raise ValueError("must be a day such as 2026-12-24") from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise ValueError(f"must lie in the years {FIRST_YEAR} to {LAST_YEAR}")
    return found.isoformat()


Day = Annotated[str, StringConstraints(min_length=10, max_length=10), AfterValidator(_real_day)]


def _known_zone(zone: str) -> str:
    if zone not in _zones():
        raise ValueError("must be an IANA time zone such as Europe/Budapest")
    return zone


def _known_currency(currency: str) -> str:
    if currency not in CURRENCIES:
        raise ValueError("must be an ISO 4217 currency such as EUR")
    return currency


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


Zone = Annotated[str, AfterValidator(_known_zone)]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$"), AfterValidator(_known_currency)]
Languages = Annotated[list[Language], Field(min_length=1, max_length=20)]


class Part(BaseModel):
    """Every part of the document: no unknown fields, no coercion."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Amount(Part):
    unit: UnitRef
    amount: Positive


class PerMember(Part):
    times: Positive
    window: Literal["day", "month", "year", "lifetime"] = "lifetime"
