"""The shops: what their owners have set up, who works there, and on which devices."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from tests.conftest import PLATFORM_KEY
from tests.fraud.world import ZONE, World
from tests.service import Reply, cookies_of

ORIGIN = "https://cards.example"
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class Terms:
    """What an owner decides: a template, and what is changed of it."""

    template: str
    opens: str
    closes: str
    staff: int
    on_shift: int
    tablets: int
    changes: Mapping[str, Any] = field(default_factory=dict)
    held_units: Mapping[str, int] = field(default_factory=dict)
    """By unit for how many days it is pending."""


TERMS = {
    "corner": Terms("corner-cafe", "07:00", "18:00", staff=5, on_shift=3, tablets=1),
    "bakery": Terms(
        "bakery", "06:00", "14:00", staff=4, on_shift=2, tablets=2,
        changes={"limits": {"visits_per_day": 5, "staff": {"visits_per_day": 150}}},
        held_units={"stamp": 1},
    ),
    "bookshop": Terms(
        "bookshop", "10:00", "19:00", staff=3, on_shift=2, tablets=1,
        changes={
            "referral": {
                "friend": {"unit": "point", "amount": 20},
                "referrer": {"unit": "point", "amount": 30},
                "min_spend_minor": 1500, "max_per_member": 10,
            },
        },
        held_units={"point": 14},
    ),
    "bar": Terms(
        "corner-cafe", "17:00", "01:00", staff=5, on_shift=3, tablets=2,
        changes={"limits": {"visits_per_day": 6, "staff": {"visits_per_day": 150}}},
        held_units={"stamp": 1},
    ),
}  # fmt: skip
"""The corner café as its template is; the others with the limits that their trade suggests."""


@dataclass(eq=False)
class Person:
    """Somebody who works at a shop."""

    staff_id: str
    name: str
    pin: str
    role: str
    is_strict: bool = False
    """Whether they ask a guest who is only named to show the card."""
    warned: int = 0
    """How often the owner has talked to them about a signal."""
    works: bool = True
    shifts: set[date] = field(default_factory=set)
    """On which days they work."""


@dataclass(eq=False)
class Tablet:
    """A device of the counter, and who is signed in on it."""

    cookies: dict[str, str]
    who: Person | None = None
    until: datetime | None = None


class Shop:
    """A merchant whose owner has set everything up."""

    def __init__(self, world: World, name: str) -> None:
        self.world, self.name, self.terms = world, name, TERMS[name]
        self.chance = Random(f"{name} {world.seed}")  # noqa: S311 - it is to be foreseen
        self.key = PLATFORM_KEY
        self.made = self.ask("POST", "/v1/merchants", {
            "name": name.title(), "slug": f"the-{name}", "template": self.terms.template,
            "currency": "EUR", "timezone": ZONE.key, "languages": ["en"],
            "owner_email": f"owner@{name}.example",
        })  # fmt: skip
        self.key = self.made["api_key"]
        self.id, self.slug = str(self.made["merchant_id"]), str(self.made["slug"])
        self.hours = dict.fromkeys(WEEK, (self.terms.opens, self.terms.closes))
        self.publish()
        self.owner = self._person("Owner", "manager")
        self.people: list[Person] = []
        self.asked: list[tuple[str, str]] = []
        """Who asked why their card is on hold, and who was at the counter."""
        self.hired = 0
        for _ in range(self.terms.staff):
            self.hire()
        self.tablets = [self._tablet(f"Tablet {n}") for n in range(self.terms.tablets)]

    # --- what the owner sets up --------------------------------------------------------------

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """A call with the owner's key, which must succeed."""
        reply = self.call(method, path, body)
        assert reply.status < 300, (path, reply.text)
        return json.loads(reply.text) if reply.text else None

    def call(
        self, method: str, path: str, body: Any = None, query: Mapping[str, str] | None = None
    ) -> Reply:
        """A call with the owner's key."""
        headers = {"authorization": f"Bearer {self.key}", "if-match": "*"}
        self.world.wait(1)
        return self.world.request(method, path, body=body, headers=headers, query=query)

    def publish(self, **changes: Any) -> None:
        """Publish the programme with the hours as they are now."""
        document = self.ask("GET", "/v1/program")["program"]
        opening = [
            {"days": [day], "from": starts, "until": ends}
            for day, (starts, ends) in self.hours.items()
        ]
        document |= {"locations": [{"id": "main", "name": "Main", "opening": opening}]}
        document |= {**self.terms.changes, **changes}
        for unit in document["units"]:
            if days := self.terms.held_units.get(unit["id"]):
                unit["hold_days"] = days
        self.ask("PUT", "/v1/program", document)
        self.program: dict[str, Any] = document

    def hire(self) -> None:
        """Somebody new works there."""
        self.hired += 1
        self.people.append(self._person(f"Staff {self.hired}"))

    def link_for(self, person: Person, name: str) -> str:
        """A link that enrols a device for somebody, as the owner makes it."""
        body = {"name": name, "location": "main"}
        made = self.ask("POST", f"/v1/staff/{person.staff_id}/devices", body)
        return str(made["enrol_url"]).removeprefix(ORIGIN)

    def _person(self, name: str, role: str = "staff") -> Person:
        pin = f"{self.chance.randrange(10_000):04}"
        body = {"name": name, "role": role, "pin": pin}
        return Person(self.ask("POST", "/v1/staff", body)["staff_id"], name, pin, role)

    def _tablet(self, name: str) -> Tablet:
        reply = self.world.request("POST", self.link_for(self.owner, name))
        assert reply.status == 303, reply.text
        return Tablet(cookies_of(reply.cookies))

    # --- its days ----------------------------------------------------------------------------

    @property
    def code(self) -> str:
        """Under which name a browser keeps a card of this shop."""
        return f"__Host-regulars_card_{self.id}"

    def opening(self, day: date) -> tuple[datetime, datetime]:
        """From when until when it is open on a day."""
        starts, ends = self.hours[WEEK[day.weekday()]]
        begin = datetime.combine(day, time.fromisoformat(starts), ZONE)
        end = datetime.combine(day, time.fromisoformat(ends), ZONE)
        return begin, end if end > begin else end + timedelta(days=1)

    def draw_shifts(self, day: date) -> None:
        """Say who works on a day."""
        there = [one for one in self.people if one.role == "staff"]
        for one in self.chance.sample(there, min(len(there), self.terms.on_shift)):
            one.shifts.add(day)

    def on_duty(self, day: date) -> list[Person]:
        """Who works on a day."""
        return [one for one in self.people if day in one.shifts] or [*self.people[:1], self.owner]
