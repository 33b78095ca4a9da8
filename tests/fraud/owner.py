"""The owner: looks once a day at what `GET /v1/fraud` answers, and acts on what it says.

Nothing else is known here: not who attacks, not what is honest.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from tests.fraud.shops import Person, Shop

HOLDS = frozenset({
    "card_velocity", "one_card", "off_hours", "many_joins", "shared_contact", "staff_velocity",
    "device_velocity", "location_velocity", "refund_after_redeem", "same_person",
    "referral_ring", "referral_mill",
})  # fmt: skip
"""Kinds after which the cards are held until somebody has explained."""

EXPLAINED = frozenset({"same_person", "one_card"})
"""Kinds that are about who served: a guest who stands there with their phone, before somebody else,
explains them."""

TALKS_MAX = 3
"""After so many talks within RECENT about signals that name somebody they are taken off."""
RECENT = timedelta(days=30)
HIRES_AFTER = timedelta(days=7)
ONE_TALK = timedelta(days=2)
"""What is found within so long is one thing to talk about."""


class Owner:
    """One owner; `weekly` is one who looks on Mondays only, when the digest has come."""

    def __init__(self, shop: Shop, *, weekly: bool = False) -> None:
        self.shop, self.weekly = shop, weekly
        self.kinds: Tally[str] = Tally()
        self.talks: dict[str, list[Any]] = {}
        self.held: set[str] = set()
        self.holds: list[Mapping[str, Any]] = []
        self.known: set[str] = set()
        """Cards whose guests have explained themselves."""
        self.off: list[Person] = []

    def look(self) -> None:
        """Look at everything that is open, and settle it."""
        if self.weekly and self.shop.world.local.weekday() != 0:
            return
        self._hear()
        query: dict[str, str] = {"limit": "100"}
        while True:
            page = self.shop.call("GET", "/v1/fraud", query=query).json
            for signal in page["items"]:
                self._settle(signal)
            if page["next"] is None:
                return
            query["cursor"] = page["next"]

    def _hear(self) -> None:
        """Release the cards of guests who asked at the counter why theirs is on hold."""
        for member_id, staff_id in self.shop.asked:
            for signal in self.holds:
                explained = signal["kind"] in EXPLAINED and member_id in signal["members"]
                if explained and signal["staff"] != staff_id:
                    self.known.add(member_id)
                    self._do(signal, "dismiss")
        self.shop.asked.clear()

    def _do(self, signal: Mapping[str, Any], what: str) -> bool:
        path = f"/v1/fraud/{signal['signal_id']}"
        body = {"do": what, "note": signal["why"]}
        return self.shop.call("POST", path, body).status == 200

    def _settle(self, signal: Mapping[str, Any]) -> None:
        kind = str(signal["kind"])
        self.kinds[kind] += 1
        hold = kind in HOLDS or (kind == "redeemed_alone" and len(signal["members"]) == 1)
        if kind in EXPLAINED and self.known.issuperset(signal["members"]):
            self._do(signal, "dismiss")
            return
        if self._do(signal, "hold" if hold else "dismiss") and hold:
            self.held.update(signal["members"])
            self.holds.append(signal)
        if kind == "unverified":
            for person in self.shop.people:
                person.is_strict = True
        elif signal["staff"]:
            self._talk(str(signal["staff"]))

    def _talk(self, staff_id: str) -> None:
        """Ask somebody who works there; who is named again and again works there no more."""
        person = next((one for one in self.shop.people if one.staff_id == staff_id), None)
        if person is None:
            return
        now = self.shop.world.now
        recent = [at for at in self.talks.get(staff_id, []) if now - at < RECENT]
        if recent and now - recent[-1] < ONE_TALK:
            return
        self.talks[staff_id] = [*recent, now]
        person.is_strict = True
        person.warned += 1
        if len(self.talks[staff_id]) >= TALKS_MAX:
            self._take_off(person)

    def _take_off(self, person: Person) -> None:
        self.shop.ask("PATCH", f"/v1/staff/{person.staff_id}", {"active": False})
        person.works = False
        self.shop.people.remove(person)
        self.off.append(person)
        self.shop.world.after(HIRES_AFTER, self.shop.hire)
