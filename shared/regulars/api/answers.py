"""The contract of the HTTP API as pydantic models: what is answered. (Bodies: `models.py`.)

The tests hold every answer of the service to its model here.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class View(BaseModel):
    """What is answered."""

    model_config = ConfigDict(extra="forbid")


class FieldError(View):
    path: str
    message: str


class Problem(View):
    """RFC 9457; `code` is stable and comes from a closed list."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[FieldError]


class Balance(View):
    available: int
    pending: int
    debt: int


class Expiring(View):
    unit: str
    amount: int
    on: str


class NextTier(View):
    id: str
    metric: Literal["spend", "visits", "points"]
    value: int
    target: int
    window: str


class TierOffer(View):
    id: str
    name: str
    price_minor: int | None
    period: Literal["month", "year"] | None


class TierView(View):
    id: str | None
    name: str | None
    since: str | None
    until: str | None
    next: NextTier | None
    offers: list[TierOffer]
    """Higher tiers that can be bought."""


class Badge(View):
    id: str
    name: str


class HeldVoucher(View):
    voucher_id: str
    code: str
    reward_id: str
    status: Literal["issued", "redeemed", "cancelled", "expired"]
    issued_at: str
    expires_at: str | None
    kind: str | None
    """None for a reward that the programme no longer has."""
    percent: int | None
    amount_minor: int | None


class CardView(View):
    member_id: str
    card_url: str
    name: str | None
    language: str | None
    enrolled_at: str
    version: int
    seq: int
    balances: dict[str, Balance]
    expiring: list[Expiring]
    tier: TierView | None
    vouchers: list[HeldVoucher]
    badges: list[Badge]
    visits: int
    spend_minor: int
    last_visit_at: str | None
    segment: Literal["new", "returning", "loyal", "at_risk", "lapsed"]


class EnrolledCard(CardView):
    """A card, and what of the given contacts is not on it because another member has it."""

    not_taken: list[Literal["email", "phone"]] | None = None
    """Kinds of contacts that stayed with another member; absent when all are on the card."""


class LineView(View):
    unit: str
    amount: int
    lot: str | None
    rule: str
    why: str


class SurpriseView(View):
    """An unexpected gift of an entry, and what it took from the budget of its surprise."""

    surprise: str
    voucher_id: str
    reward_id: str
    cost_minor: int
    why: str


class MovedVoucher(View):
    voucher_id: str
    what: Literal["issued", "redeemed", "cancelled", "expired"]


class EntryView(View):
    seq: int
    op: str
    kind: str
    recorded_at: str
    effective_at: str
    source: str
    staff: str | None
    location: str | None
    order_id: str | None
    program_version: int
    lines: list[LineView]
    surprises: list[SurpriseView] = []
    note: str | None = None
    balances: dict[str, int]
    tier_from: str | None = None
    tier_to: str | None = None
    hash: str
    prev: str
    entry_id: str | None = None
    """`<member_id>.<seq>`. This and what follows stand in the list of entries alone."""
    money_minor: int | None = None
    """The money of a sale, negative for what was refunded."""
    reverses: int | None = None
    """The entry that a reversal takes back."""
    vouchers: list[MovedVoucher] | None = None
    facts: dict[str, Any] | None = None
    canonical: str | None = None
    """The exact text that is hashed; see docs/ledger-format.md."""


class VoucherView(HeldVoucher):
    name: str
    cost: dict[str, Any]
    closed_at: str | None
    qr_url: str


class TierChange(View):
    from_: Annotated[str | None, Field(alias="from")]
    to: str | None


class NotGranted(View):
    rule: str
    why: str


class Earned(View):
    entry: EntryView
    card: CardView
    explain: list[str]
    unlocked: list[VoucherView]
    tier_change: TierChange | None
    refused: list[NotGranted]


class Booked(View):
    entry: EntryView
    card: CardView


class Refunded(Booked):
    debt: dict[str, int]


class Parked(View):
    status: Literal["parked"]
    order_id: str
    refund_id: str


class MerchantCreated(View):
    merchant_id: str
    sandbox_id: str
    slug: str
    api_key: str
    test_api_key: str
    join_url: str
    console_url: str
    staff_url: str
    webhook_urls: dict[str, str]
    webhook_secrets: dict[str, str]


class TemplateSummary(View):
    id: str
    name: str


class TemplateList(View):
    items: list[TemplateSummary]
    next: str | None


class Published(View):
    version: int
    published_at: str
    program: dict[str, Any]


class RaffleView(View):
    """How a raffle can be checked; `domain/raffles.py` says how the draw is repeated."""

    raffle_id: str
    from_: Annotated[str, Field(alias="from")]
    until: str
    commitment: str
    drawn: bool
    seed: str | None
    tickets: dict[str, int] | None
    winners: list[str] | None


class LeaderboardPlace(View):
    """`name` is what other members see: a first name and an initial, or nothing."""

    rank: int
    member_id: str
    name: str
    value: int


class LeaderboardPeriod(View):
    """`members` is how many take part with any value; of them `places` are the best."""

    from_: Annotated[str, Field(alias="from")]
    until: str
    members: int
    places: list[LeaderboardPlace]


class LeaderboardView(View):
    """A leaderboard as it was counted last, and as its last period ended."""

    leaderboard_id: str
    metric: Literal["visits", "spend", "points"]
    window: Literal["month", "quarter", "year"]
    counted_at: str | None
    running: LeaderboardPeriod | None
    ended: LeaderboardPeriod | None


class TierCount(View):
    tier: str | None
    count: int


class PreviewExample(View):
    member_id: str
    name: str | None
    tier_from: str | None
    tier_to: str | None
    rewards: list[str]


class Previewed(View):
    """What publishing the programme would do to the members as they are now."""

    members: int
    up: list[TierCount]
    down: list[TierCount]
    unchanged: int
    newly_rewarded: int
    cost_minor_estimate: int
    examples: list[PreviewExample]


class Version(View):
    version: int


class CardList(View):
    items: list[CardView]
    next: str | None


class EntryList(View):
    items: list[EntryView]
    next: str | None


class Verified(View):
    ok: bool
    entries: int
    head: str
    problems: list[str]


class Missing(View):
    unit: str
    amount: int


class RewardView(View):
    reward_id: str
    name: str
    kind: str
    percent: int | None
    amount_minor: int | None
    cost: dict[str, Any]
    auto: bool
    affordable: bool
    missing: Missing | None
    locked_because: str | None


class RewardList(View):
    items: list[RewardView]
    next: str | None


class HookView(View):
    provider: str
    hook_id: str
    url: str
    secret: str | None
    account: str | None
    state: Literal["unset", "pending", "live"]
    """`unset`: the provider's secret is missing; `pending`: no event has come yet."""
    last_event_at: str | None


class HookList(View):
    items: list[HookView]
    next: str | None


class Clock(View):
    now: str


class JobRun(View):
    name: str
    at: str
    members: int


class ClockMoved(View):
    now: str
    jobs: list[JobRun]


class Message(View):
    to: str
    channel: Literal["email", "sms", "push"]
    kind: str
    language: str
    subject: str
    text: str
    at: str


class MessageList(View):
    items: list[Message]
    next: str | None


class Sent(View):
    status: int
    event_id: str


class Health(View):
    status: Literal["ok"]
    version: str
