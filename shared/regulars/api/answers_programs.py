"""The contract of the HTTP API as pydantic models: answers about programmes and their games."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from regulars.api.answers import Cursor, Day, Instant, Loss, LostBy, View


class TemplateSummary(View):
    """A template."""

    id: str
    """What `template` takes when a merchant is created."""
    name: str
    """Its name."""


class TemplateList(View):
    """The templates."""

    items: list[TemplateSummary]
    """All of them."""
    next: Cursor


class TemplateView(View):
    """A template: a programme document, as `GET /v1/program/schema` describes it."""

    model_config = ConfigDict(extra="allow")


class Published(View):
    """A version of the programme."""

    version: int
    """Its number; `If-Match` of the next change takes it."""
    published_at: Instant
    """When it was published."""
    program: dict[str, Any]
    """The document; `GET /v1/program/schema` describes it."""


class RaffleView(View):
    """How a raffle can be checked; `domain/raffles.py` says how the draw is repeated."""

    raffle_id: str
    """Its id in the programme."""
    from_: Annotated[Day, Field(alias="from")]
    """The first day on which tickets are given."""
    until: Day
    """The last day; the draw follows it."""
    commitment: str
    """SHA-256 of the seed, known before the draw."""
    drawn: bool
    """Whether the draw has been."""
    seed: str | None
    """What the winners were drawn from; null before the draw."""
    tickets: dict[str, int] | None
    """How many tickets each member had; null before the draw."""
    winners: list[str] | None
    """The members that won, in the order of the prizes; null before the draw."""


class LeaderboardPlace(View):
    """One place of a leaderboard."""

    rank: int
    """The place; equal values share one."""
    member_id: str
    """Who has it."""
    name: str
    """What other members see: a first name and an initial, or nothing."""
    value: int
    """Visits, minor units of money or points."""


class LeaderboardPeriod(View):
    """A month, quarter or year of a leaderboard."""

    from_: Annotated[Day, Field(alias="from")]
    """Its first day."""
    until: Day
    """Its last day."""
    members: int
    """How many take part with any value."""
    places: list[LeaderboardPlace]
    """The best of them."""


class LeaderboardView(View):
    """A leaderboard as it was counted last, and as its last period ended."""

    leaderboard_id: str
    """Its id in the programme."""
    metric: Literal["visits", "spend", "points"]
    """What is counted."""
    window: Literal["month", "quarter", "year"]
    """How long a period is."""
    counted_at: Instant | None
    """When it was counted last; null before the first time."""
    running: LeaderboardPeriod | None
    """The period that runs."""
    ended: LeaderboardPeriod | None
    """The one before it."""


class TierCount(View):
    """How many members."""

    tier: str | None
    """The tier they would have; null for none."""
    count: int
    """How many members."""


class PreviewExample(View):
    """One member to whom something would happen."""

    member_id: str
    """Who it is."""
    name: str | None
    """The name, when it is known."""
    tier_from: str | None
    """The tier held now."""
    tier_to: str | None
    """The tier held then."""
    rewards: list[str]
    """Rewards that could be had then and not now."""
    losses: list[LostBy]
    """What would be taken from the member."""


class Previewed(View):
    """What publishing the programme would do to the members as they are now."""

    members: int
    """How many members were looked at."""
    up: list[TierCount]
    """Members who would rise, by the tier they would have."""
    down: list[TierCount]
    """Members who would fall, by the tier they would have."""
    unchanged: int
    """Members whose tier would stay."""
    newly_rewarded: int
    """Members who could have a reward that they cannot have now."""
    cost_minor_estimate: int
    """What these rewards would cost, in minor units."""
    losses: list[Loss]
    """What members would lose; publishing asks for `confirm_losses` then."""
    examples: list[PreviewExample]
    """Some of those to whom something would happen."""
    more: bool
    """Whether members are left to look at: the same call with `cursor` goes on."""
    next: str | None
    """The cursor; null when all were looked at."""
    preview_id: str
    """Names the preview when its document is published."""


class Version(View):
    """A version was published."""

    version: int
    """Its number."""
    timezone_from: Instant | None = None
    """When a new time zone begins to hold; until then the old one does."""


class Scheduled(View):
    """A version waits for its time."""

    version: int
    """Its number."""
    publish_at: Instant
    """When it is checked again and published."""


class VersionView(View):
    """One version of a programme."""

    version: int
    """Its number."""
    published_at: Instant | None
    """When it was published; null when it was not."""
    publish_at: Instant | None
    """When it is to be published, or was to be; null for one that was published."""
    by: str | None
    """Who published it: `api`; null when that is not known."""
    note: str | None
    """What was noted about it; for a refused one, why."""
    state: Literal["live", "past", "waiting", "refused"]
    """Whether it is in force (`live`), was before (`past`), waits, or was refused at its time."""


class VersionList(View):
    """Versions of a programme, newest first."""

    items: list[VersionView]
    """A page of them; those that wait or were refused stand on the first page."""
    next: Cursor
