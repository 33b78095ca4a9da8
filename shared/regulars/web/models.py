"""The contract of the HTTP API as pydantic models: what may be sent and what is answered.

The OpenAPI document is generated from these. Functions on the path of a scan check the same
bodies without pydantic (`bodies.py`); a property test demands the same verdict of both.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from regulars.web import bodies
from regulars.web.program_schema import Currency, Languages, Short, Zone


def _printable(value: str) -> str:
    if not bodies.printable(value):
        raise ValueError("must not contain control characters")
    return value


def _instant(value: str) -> str:
    if message := bodies.instant(value):
        raise ValueError(message)
    return value


Text = Annotated[str, Field(min_length=1, max_length=bodies.TEXT_MAX), AfterValidator(_printable)]
Note = Annotated[str, Field(min_length=1, max_length=bodies.NOTE_MAX), AfterValidator(_printable)]
Money = Annotated[int, Field(ge=0, le=bodies.MONEY_MAX)]
PaidMoney = Annotated[int, Field(ge=1, le=bodies.MONEY_MAX)]
Instant = Annotated[str, Field(json_schema_extra={"format": "date-time"}), AfterValidator(_instant)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9](?:[a-z0-9-]{1,38}[a-z0-9])$")]
Birthday = Annotated[
    str, StringConstraints(pattern=r"^(?:\d{4}-)?(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$")
]


class Body(BaseModel):
    """What is sent: no unknown fields, no coercion."""

    model_config = ConfigDict(extra="forbid", strict=True)


class NewMerchant(Body):
    name: Short
    slug: Slug
    template: Text
    currency: Currency
    timezone: Zone
    languages: Languages
    owner_email: Text


class Consents(Body):
    email: bool = False
    sms: bool = False
    push: bool = False


class NewMember(Body):
    name: Text | None = None
    email: Text | None = None
    phone: Text | None = None
    birthday: Birthday | None = None
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")] | None = None
    consents: Consents | None = None
    source: Text | None = None
    referred_by: Text | None = None


class MemberChange(NewMember):
    """Fields that are sent are changed; `null` takes a value away."""


class SoldItem(Body):
    """One line of a sale; `amount_minor` is what the whole line cost."""

    sku: Text | None = None
    category: Text | None = None
    quantity: Annotated[int, Field(ge=1, le=bodies.QUANTITY_MAX)]
    amount_minor: Money


class Earn(Body):
    """A visit or a sale of the member named by exactly one of `member_id`, `contact`, `code`."""

    member_id: Text | None = None
    contact: Text | None = None
    code: Text | None = None
    visits: Annotated[int, Field(ge=0, le=bodies.VISITS_MAX)] | None = 1
    spend_minor: Money | None = None
    items: Annotated[list[SoldItem], Field(max_length=bodies.ITEMS_MAX)] | None = None
    order_id: Text | None = None
    location: Text | None = None
    staff: Text | None = None
    effective_at: Instant | None = None
    note: Note | None = None

    @model_validator(mode="after")
    def _one_member(self) -> Earn:
        if sum(getattr(self, name) is not None for name in bodies.WHO) != 1:
            raise ValueError("give exactly one of member_id, contact and code")
        return self


class Adjust(Body):
    member_id: Text
    unit: Text
    amount: Annotated[int, Field(ge=-1_000_000, le=1_000_000)]
    reason: Note
    allow_debt: bool = False

    @model_validator(mode="after")
    def _something(self) -> Adjust:
        if not self.amount:
            raise ValueError("the amount must not be 0")
        return self


class RefundedItem(Body):
    """What came back; counted by its amount."""

    sku: Text | None = None
    category: Text | None = None
    quantity: Annotated[int, Field(ge=1, le=bodies.QUANTITY_MAX)] = 1
    amount_minor: Money


class Action(Body):
    """Something rewarded that the member did; the same `ref` counts once."""

    member_id: Text
    action: Text
    ref: Text | None = None


class TierGrant(Body):
    """A right to a tier, bought or given by hand; `until` in the past ends it."""

    tier: Text
    until: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")] | None = None
    by: Literal["membership", "invitation", "hand"] = "hand"


class Refund(Body):
    """A refund of an order; of all that is left when neither amount nor items are given."""

    order_id: Text
    refund_id: Text
    amount_minor: PaidMoney | None = None
    items: (
        Annotated[list[RefundedItem], Field(min_length=1, max_length=bodies.ITEMS_MAX)] | None
    ) = None

    @model_validator(mode="after")
    def _one_measure(self) -> Refund:
        if self.amount_minor is not None and self.items is not None:
            raise ValueError("give amount_minor or items, not both")
        return self


class NewVoucher(Body):
    member_id: Text
    reward_id: Text


class Redeem(Body):
    location: Text | None = None
    staff: Text | None = None
    order_id: Text | None = None


class CancelVoucher(Body):
    reason: Note | None = None


class HookSettings(Body):
    """How a till's events are recognised. `secret` is the provider's signature key."""

    secret: Text | None = None
    url: Text | None = None
    account: Text | None = None
    access_token: Text | None = None


class ClockMove(Body):
    """Forward by an ISO 8601 duration, or to an instant."""

    advance: Text | None = None
    now: Instant | None = None

    @model_validator(mode="after")
    def _one(self) -> ClockMove:
        if (self.advance is None) == (self.now is None):
            raise ValueError("give exactly one of advance and now")
        return self


class SampleEvent(Body):
    """Overrides of the sample that is signed and sent."""

    order_id: Text | None = None
    refund_id: Text | None = None
    total_minor: Money | None = None
    contact: Text | None = None
    type: Literal["sale.completed", "sale.refunded"] = "sale.completed"


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


class TierView(View):
    id: str | None
    name: str | None
    since: str | None
    until: str | None
    next: NextTier | None


class HeldVoucher(View):
    voucher_id: str
    code: str
    reward_id: str
    status: Literal["issued", "redeemed", "cancelled", "expired"]
    issued_at: str
    expires_at: str | None


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
    visits: int
    spend_minor: int
    last_visit_at: str | None
    segment: Literal["new", "returning", "loyal", "at_risk", "lapsed"]


class LineView(View):
    unit: str
    amount: int
    lot: str | None
    rule: str
    why: str


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
    balances: dict[str, int]
    tier_from: str | None = None
    tier_to: str | None = None
    hash: str
    prev: str


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


class Published(View):
    version: int
    published_at: str
    program: dict[str, Any]


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
    cost: dict[str, Any]
    auto: bool
    affordable: bool
    missing: Missing | None
    locked_because: str | None


class RewardList(View):
    items: list[RewardView]


class HookView(View):
    provider: str
    hook_id: str
    url: str
    secret: str | None
    account: str | None


class HookList(View):
    items: list[HookView]


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
