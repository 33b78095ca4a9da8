"""What single fields of a programme document may hold: texts, amounts, days, zones; and the small
parts that others are made of."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
)
from pydantic_core import core_schema

from regulars.core import checks, typed, zones
from regulars.domain.values import millionths
from regulars.i18n import languages
from regulars.i18n.currencies import CURRENCIES


class Shaped:
    """Marks a text that must match a pattern, with the remedy for one that does not."""

    def __init__(self, pattern: str, remedy: str) -> None:
        self.pattern = re.compile(pattern)
        self.remedy = remedy

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_after_validator_function(self._matching, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {**handler(schema), "pattern": self.pattern.pattern}

    def _matching(self, value: str) -> str:
        if not self.pattern.fullmatch(value):
            raise ValueError(self.remedy)
        return value


def _printable(text: str) -> str:
    if not checks.printable(text):
        raise ValueError(checks.NOT_PRINTABLE)
    return text


def _visible(text: str) -> str:
    if not checks.visible(text):
        raise ValueError(checks.NOT_VISIBLE)
    return text


def _pasted(value: Any) -> Any:
    return typed.trimmed(value) if isinstance(value, str) else value


Printable = AfterValidator(_printable)
Visible = AfterValidator(_visible)
Pasted = BeforeValidator(_pasted)
"""Takes away what cannot be seen at both ends, before anything is checked."""

Id = Annotated[
    str,
    Shaped(
        r"^[a-z0-9][a-z0-9_-]{0,39}$",
        "must be an id of 1 to 40 characters a-z 0-9 _ -, and begin with a letter or digit",
    ),
]


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
    Pasted,
    StringConstraints(min_length=1, max_length=80),
    Printable,
    Visible,
]
Sentence = Annotated[
    str,
    Pasted,
    StringConstraints(min_length=1, max_length=300),
    Printable,
    Visible,
]
Language = Annotated[
    str, Shaped(r"^[a-z]{2}$", "must be a language as two letters (ISO 639-1) such as en")
]
Link = Annotated[
    str,
    Shaped(
        r"^https://[^\s\"'<>\\]{1,290}$",
        "must be a link that begins with https://, of at most 300 characters",
    ),
]
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
    Shaped(
        r"^(?:(?:[1-9]|10)(?:\.[0-9]{1,3})?|0\.[0-9]{1,3})$",
        'must be a decimal below 11 as text, with at most three places, such as "1.5"',
    ),
    Field(description="A decimal with at most three places, as text: `1.5`"),
]

Times = Annotated[
    str,
    Shaped(
        r"^[1-9][0-9]{0,2}(?:\.[0-9]{1,3})?$",
        'must be a decimal from 1 on as text, with at most three places, such as "2.5"',
    ),
    Field(description="A decimal from 1 on with at most three places, as text: `2.5`"),
]
Rate = Annotated[
    str,
    Shaped(
        r"^[0-9]{1,6}(?:\.[0-9]{1,6})?$",
        'must be a decimal as text, with at most six places, such as "0.5"',
    ),
    AfterValidator(_above_zero),
    Field(description="A decimal above 0 with at most six places, as text: `0.5`"),
]


Share = Annotated[
    str,
    Shaped(
        r"^(?:0(?:\.[0-9]{1,3})?|1(?:\.0{1,3})?)$",
        'must be a share from 0 to 1 as text, such as "0.5"',
    ),
    Field(description="A share from 0 to 1 with at most three places, as text: `0.5`"),
]

FIRST_YEAR, LAST_YEAR = 2000, 2999
"""Days outside would overflow a calendar when one is added."""

LocalTime = Annotated[
    str,
    Shaped(
        r"^(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00)$",
        "must be a time from 00:00 to 24:00 such as 07:30",
    ),
]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Segment = Literal["new", "returning", "loyal", "at_risk", "lapsed"]


def _real_day(day: str) -> str:
    found = checks.parse_day(day)
    if found is None:
        raise ValueError(checks.NOT_A_DAY)
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise ValueError(f"must lie in the years {FIRST_YEAR} to {LAST_YEAR}")
    return found.isoformat()


Day = Annotated[str, Field(json_schema_extra={"format": "date"}), AfterValidator(_real_day)]


def _known_zone(zone: str) -> str:
    if zone not in zones.names():
        raise ValueError("must be an IANA time zone such as Europe/Budapest")
    return zone


def _known_currency(currency: str) -> str:
    if currency not in CURRENCIES:
        raise ValueError("must be an ISO 4217 currency such as EUR")
    return currency


Zone = Annotated[str, AfterValidator(_known_zone)]
Currency = Annotated[str, AfterValidator(_known_currency)]


def _installed(language: str) -> str:
    if language not in languages():
        raise ValueError(checks.must_be_one_of(languages()))
    return language


InstalledLanguage = Annotated[str, AfterValidator(_installed)]
"""A language that pages and messages can be written in."""

Languages = Annotated[list[InstalledLanguage], Field(min_length=1, max_length=20)]


class Part(BaseModel):
    """Every part of the document: no unknown fields, no coercion."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Amount(Part):
    unit: UnitRef
    amount: Positive


class PerMember(Part):
    times: Positive
    window: Literal["day", "month", "year", "lifetime"] = "lifetime"
