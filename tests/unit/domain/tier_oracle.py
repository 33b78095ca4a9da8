"""An independent reading of tiers: which rights a card has, from its months and its document."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from tests.unit.domain.sold import Sale

FAR = "9999-12-31"


@dataclass
class TierOracle:
    """The rights of one card."""

    document: Mapping[str, Any]
    tier: tuple[str, str] | None = None
    """The tier that counts and until when it is certain."""
    rights: dict[tuple[str, str], str] = field(default_factory=dict)
    """Until when by tier and by who gave it; what was earned or bought has nobody."""

    def windows(self) -> dict[int, tuple[int, int, int]]:
        """Spend, visits and points by month; whoever replays the ledger knows them."""
        raise NotImplementedError

    def _take_rights(self, sale: Sale, today: date) -> None:
        """Rights that were earned and would not stand without a sale go, or end sooner."""
        without = self.windows()
        month = without.get(sale.month, (0, 0, 0))
        whole = (sale.spend, sale.visits, sum(amount for amount, _ in sale.points))
        with_it = {**without, sale.month: tuple(map(sum, zip(month, whole, strict=True)))}
        rights = dict(self.rights)
        for tier in self.document.get("tiers", ()):
            known = self.rights.get((tier["id"], ""))
            then, now = (self._stands(tier, w, today) for w in (with_it, without))
            lasts_longer = then not in {None, FAR} and (known or FAR) > (then or "")
            if known is None or not tier.get("enter") or then in {None, now} or lasts_longer:
                continue
            del rights[tier["id"], ""]
            if now is not None:
                rights[tier["id"], ""] = "" if now == FAR else now
        if rights != self.rights:
            self.rights = rights
            self.reviewed(today)

    def _stands(
        self, tier: Mapping[str, Any], windows: Mapping[int, tuple[int, ...]], today: date
    ) -> str | None:
        """The last day of what these months earn by themselves; FAR for ever, None for nothing."""
        until: str | None = None
        newest = max(windows, default=0)
        for month in sorted(m for m in windows if m > newest - 24):
            first, last = _first_day(month), min(_last_day(month), today)
            held = until is not None and until >= first.isoformat()
            for way in tier.get("enter", ()):
                if way.get("window", "lifetime") != "lifetime" or last == today:
                    found = self._until(way, last, held=held, windows=windows)
                    until = max(filter(None, (until, found)), default=None)
        ever = [
            self._until(way, today, held=False, windows=windows)
            for way in tier.get("enter", ()) if way.get("window", "lifetime") == "lifetime"
        ]  # fmt: skip
        return max(filter(None, (until, *ever)), default=None)

    def in_tier(self, today: date) -> tuple[str, str] | None:
        """The tier that counts on a day, whether the one that was has been reviewed or not."""
        if self.tier:
            tier, until = self.tier
            if not (self._lasts(tier, until, today) and self._in_season(tier, today)):
                self.reviewed(today)
        if self.rank(self._best(today)) > self.rank(self.tier):
            self.reviewed(today)  # its season has begun
        return self.tier

    def reviewed(self, today: date) -> None:
        """Rights that are over go; the highest of what is left counts."""
        self.rights = {
            right: until
            for right, until in self.rights.items()
            if self._lasts(right[0], until, today)
        }
        self._count_rights(today)
        self.tier = self._best(today)

    def _count_rights(self, *days: date) -> None:
        """What is open on any of these days, by what is held before."""
        for rights in [self.entitled(day) for day in days]:
            for tier, until in rights.items():
                self._has_right(tier, "", until)

    def _has_right(self, tier: str, by: str, until: str) -> None:
        """What was earned (by nothing else) or bought, unless it lasts longer already."""
        known = self.rights.get((tier, by))
        if known is None or (known and (not until or until > known)):
            self.rights[tier, by] = until

    def _best(self, today: date) -> tuple[str, str] | None:
        held = [
            (tier, until)
            for (tier, _), until in self.rights.items()
            if self._lasts(tier, until, today) and self._in_season(tier, today)
        ]
        return max(held, key=lambda one: (self.rank(one), one[1] or FAR), default=None)

    def _tier(self, tier: str) -> Mapping[str, Any]:
        return next((one for one in self.document.get("tiers", ()) if one["id"] == tier), {})

    def _lasts(self, tier: str, until: str, today: date) -> bool:
        """Whether a right holds on a day, or its grace does."""
        grace = timedelta(days=self._tier(tier).get("grace_days", 0))
        return not until or date.fromisoformat(until) + grace >= today

    def _in_season(self, tier: str, today: date) -> bool:
        season = self._tier(tier).get("season")
        if not season:
            return True
        first, last = int(season["from_month"]), int(season["until_month"])
        return (today.month - first) % 12 <= (last - first) % 12

    def rank(self, tier: tuple[str, str] | None) -> int:
        ids = [one["id"] for one in self.document.get("tiers", ())]
        return ids.index(tier[0]) if tier else -1

    def entitled(self, today: date) -> dict[str, str]:
        """Every tier that is open on a day, with its last day (`""` without an end)."""
        found = {}
        for tier in self.document.get("tiers", ()):
            ways = tier.get("enter", ())
            known = self.rights.get((tier["id"], ""))
            held = known is not None and self._lasts(tier["id"], known, today)
            untils = [u for way in ways if (u := self._until(way, today, held=held))]
            if not ways or FAR in untils:
                found[tier["id"]] = ""
            elif untils:
                found[tier["id"]] = max(untils)
        return found

    def _until(
        self, way: Mapping[str, Any], today: date, *, held: bool,
        windows: Mapping[int, tuple[int, ...]] | None = None,
    ) -> str | None:  # fmt: skip
        """The last certain day by this way; None when it is not open."""
        if way["metric"] not in {"spend", "visits", "points"}:
            return None
        windows = self.windows() if windows is None else windows
        place = ["spend", "visits", "points"].index(way["metric"])
        kind, now = way.get("window", "lifetime"), month_of(today)
        first, this, following = {
            "lifetime": (0, None, None),
            "month": (now, now, now + 1),
            "quarter": (now - now % 3, now - now % 3 + 2, now - now % 3 + 5),
            "year": (now - now % 12, now - now % 12 + 11, now - now % 12 + 23),
        }.get(kind) or (now - int(kind[8:]) + 1, now, now + int(kind[8:]))
        had = sum(v[place] for m, v in windows.items() if first <= m <= now or not first)
        keep = way.get("keep", {})
        if kind.startswith("rolling:") and keep.get("for") != "period":
            grew = [m for m, v in windows.items() if v[place] > 0 and first <= m <= now]
            this = now = max(grew, default=now)
            following = now + int(kind[8:])
        if had < ((held and keep.get("at_least")) or way["at_least"]):
            return None
        last_certain = {
            "next_period": following, "period": this, "ever": None,
            "months": now + keep.get("months", 0),
        }[keep.get("for", "next_period")]  # fmt: skip
        if last_certain is None:
            return FAR
        year, month = last_certain // 12, last_certain % 12 + 1
        return date(year, month, monthrange(year, month)[1]).isoformat()

    def day(self, ms: int) -> date:
        return _day(ms, self.document["timezone"])


@lru_cache(maxsize=4096)
def _day(ms: int, zone: str) -> date:
    instant = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
    return instant.astimezone(ZoneInfo(zone)).date()


def _first_day(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


def _last_day(month: int) -> date:
    return _first_day(month + 1) - timedelta(days=1)


def month_of(day: date) -> int:
    return day.year * 12 + day.month - 1
