"""The contract of the HTTP API as pydantic models: what may be sent. (Answers: `answers.py`.)

The OpenAPI document is generated from these. Functions on the path of a scan check the same
bodies without pydantic (`checks.py`); a property test demands the same verdict of both.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    WithJsonSchema,
    model_validator,
)

from regulars.api import bodies
from regulars.core import checks
from regulars.program.fields import (
    Currency,
    InstalledLanguage,
    Languages,
    Pasted,
    Printable,
    Shaped,
    Short,
    Visible,
    Zone,
)
from regulars.program.mistakes import at


def _instant(value: str) -> str:
    if message := checks.instant(value):
        raise ValueError(message)
    return value


def _birthday(value: str) -> str:
    if message := checks.birthday(value):
        raise ValueError(message)
    return value


def _quantity(value: Any) -> Any:
    if message := checks.quantity(value):
        raise ValueError(message)
    return value


def _positive(value: Any) -> Any:
    if checks.milli_of(_quantity(value)) < 0:
        raise ValueError("must be more than 0")
    return value


Text = Annotated[str, Field(min_length=1, max_length=checks.TEXT_MAX), Printable]
PastedText = Annotated[Text, Pasted]
"""What people type or paste: a contact, a name, a code."""
Note = Annotated[str, Field(min_length=1, max_length=checks.NOTE_MAX), Printable]
Money = Annotated[int, Field(ge=0, le=checks.MONEY_MAX)]
SignedMoney = Annotated[int, Field(ge=-checks.MONEY_MAX, le=checks.MONEY_MAX)]
PaidMoney = Annotated[int, Field(ge=1, le=checks.MONEY_MAX)]
LineKind = Literal["goods", "discount", "gift_card", "delivery", "fee"]
Quantity = Annotated[
    Any,
    AfterValidator(_quantity),
    WithJsonSchema(
        {
            "type": "number",
            "minimum": -checks.QUANTITY_MAX,
            "maximum": checks.QUANTITY_MAX,
            "multipleOf": 0.001,
            "not": {"const": 0},
        }
    ),
]
PositiveQuantity = Annotated[
    Any,
    AfterValidator(_positive),
    WithJsonSchema(
        {
            "type": "number",
            "exclusiveMinimum": 0,
            "maximum": checks.QUANTITY_MAX,
            "multipleOf": 0.001,
        }
    ),
]
Instant = Annotated[str, Field(json_schema_extra={"format": "date-time"}), AfterValidator(_instant)]


def _day(value: str) -> str:
    if checks.parse_day(value) is None:
        raise ValueError(checks.NOT_A_DAY)
    return value


AnyDay = Annotated[str, Field(json_schema_extra={"format": "date"}), AfterValidator(_day)]
Slug = Annotated[
    str,
    Shaped(
        r"^[a-z0-9](?:[a-z0-9-]{1,38}[a-z0-9])$",
        "must be 3 to 40 characters a-z 0-9 -, and neither begin nor end with -",
    ),
]
Birthday = Annotated[
    str,
    Pasted,
    Field(json_schema_extra={"pattern": r"^(?:[0-9]{4}-)?[0-9]{2}-[0-9]{2}$"}),
    AfterValidator(_birthday),
]
PersonName = Annotated[PastedText, Visible]


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
    owner_email: PastedText
    prices: (
        Annotated[
            dict[Text, Annotated[int, Field(ge=1, le=10**9)]], Field(min_length=1, max_length=20)
        ]
        | None
    ) = None


class Consents(Body):
    email: bool = False
    sms: bool = False
    push: bool = False
    leaderboard: bool = False
    """To be seen on leaderboards, as a first name with an initial."""


class NewMember(Body):
    name: PersonName | None = None
    email: PastedText | None = None
    phone: PastedText | None = None
    birthday: Birthday | None = None
    language: InstalledLanguage | None = None
    consents: Consents | None = None
    source: Text | None = None
    referred_by: PastedText | None = None


class MemberChange(NewMember):
    """Fields that are sent are changed; `null` takes a value away. Attributes change one by one."""

    note: Note | None = None
    attributes: dict[Short, Text | None] | None = None
    timezone: Zone | None = None


class ConfirmBody(Body):
    """Without a code one is sent; with the code the contact is confirmed."""

    contact: PastedText
    code: PastedText | None = None


class SoldItem(Body):
    """One line of a sale; `amount_minor` is what the whole line cost. Quantity and amount are
    negative for what is given back."""

    sku: Text | None = None
    name: Text | None = None
    category: Text | None = None
    quantity: Quantity
    amount_minor: SignedMoney
    kind: LineKind | None = None


class EarnBody(Body):
    """A visit or a sale of the member named by exactly one of `member_id`, `contact`, `code`."""

    member_id: Text | None = None
    contact: PastedText | None = None
    code: PastedText | None = None
    visits: Annotated[int, Field(ge=0, le=checks.VISITS_MAX)] | None = 1
    spend_minor: SignedMoney | None = None
    tip_minor: Money | None = None
    tax_minor: Money | None = None
    tax_inside: bool | None = None
    discount_minor: Money | None = None
    gift_card_minor: Money | None = None
    items: Annotated[list[SoldItem], Field(max_length=checks.ITEMS_MAX)] | None = None
    order_id: Text | None = None
    location: Text | None = None
    staff: Text | None = None
    effective_at: Instant | None = None
    note: Note | None = None
    override: bool | None = None

    @model_validator(mode="after")
    def _one_member(self) -> EarnBody:
        if sum(getattr(self, name) is not None for name in bodies.WHO) != 1:
            raise at("member_id", "give exactly one of member_id, contact and code")
        return self

    @model_validator(mode="after")
    def _fits_the_items(self) -> EarnBody:
        if checks.too_much(self.model_dump(include={"items", "spend_minor"})):
            raise at("spend_minor", checks.TOO_MUCH)
        return self


class AdjustBody(Body):
    member_id: Text
    unit: Text
    amount: Annotated[int, Field(ge=-1_000_000, le=1_000_000)]
    reason: Note
    allow_debt: bool = False

    @model_validator(mode="after")
    def _something(self) -> AdjustBody:
        if not self.amount:
            raise at("amount", "must not be 0")
        return self


class GiveBody(Body):
    """Units that one member gives to another."""

    to: Text
    """The id of the member who gets them."""
    unit: Text
    """Which units, by their id."""
    amount: Annotated[int, Field(ge=1, le=1_000_000)]
    """How many; they must be there to be spent."""
    note: Note | None = None
    """A sentence for both ledgers."""


class MergeBody(Body):
    """The other card of a member."""

    from_: Annotated[Text, Field(alias="from")]
    """The id of the member whose card comes over."""
    dry_run: bool = False
    """Whether to say only what would come over."""


class MoveBody(Body):
    """The member that a sale belongs to, and why it moves."""

    to: Text
    """The id of the member who bought."""
    reason: Note
    """Why it moves; it stands in both ledgers."""


class RefundedItem(Body):
    """What came back; counted by its amount."""

    sku: Text | None = None
    category: Text | None = None
    quantity: PositiveQuantity = 1
    amount_minor: Money


class ActionBody(Body):
    """Something rewarded that the member did; the same `ref` counts once."""

    member_id: Text
    action: Text
    ref: Text | None = None


class GiftBody(Body):
    """A surprise that staff give; `surprise` is its id in the programme."""

    member_id: Text
    surprise: Text
    note: Note | None = None
    override: bool | None = None


class TierGrantBody(Body):
    """A right to a tier, bought or given by hand; `until` in the past ends it."""

    tier: Text
    until: AnyDay | None = None
    by: Literal["membership", "invitation", "hand"] = "hand"
    paid_minor: PaidMoney | None = None
    order_id: Text | None = None


class RefundBody(Body):
    """A refund of an order; of all that is left when neither amount nor items are given."""

    order_id: Text
    refund_id: Text
    amount_minor: PaidMoney | None = None
    items: (
        Annotated[list[RefundedItem], Field(min_length=1, max_length=checks.ITEMS_MAX)] | None
    ) = None

    @model_validator(mode="after")
    def _one_measure(self) -> RefundBody:
        if self.amount_minor is not None and self.items is not None:
            raise at("amount_minor", "give amount_minor or items, not both")
        if self.items and not sum(item.amount_minor for item in self.items):
            raise at("items", "must add up to more than 0")
        return self


class NewVoucher(Body):
    member_id: Text
    reward_id: Text
    units: Annotated[int, Field(ge=1, le=checks.UNITS_MAX)] | None = None


class RedeemBody(Body):
    location: Text | None = None
    staff: Text | None = None
    order_id: Text | None = None
    order_minor: Money | None = None
    amount_minor: PaidMoney | None = None
    seen: Text | None = None


class ReverseBody(Body):
    """Which redemption is taken back, and where."""

    location: Text | None = None
    staff: Text | None = None
    order_id: Text | None = None


class CancelVoucher(Body):
    reason: Note | None = None


class HookSettings(Body):
    """How a till's events are recognised. `secret` is the provider's signature key."""

    secret: PastedText | None = None
    url: PastedText | None = None
    account: PastedText | None = None
    access_token: PastedText | None = None


class RepairBody(Body):
    """Whether to only say what would be repaired."""

    dry_run: bool = False


class AttentionBody(Body):
    """What to do with something that needs a person; `data` is a till's event as corrected."""

    do: Literal["retry", "dismiss", "repair", "move"]
    data: dict[str, Any] | None = None


class ClockMoveBody(Body):
    """Forward by an ISO 8601 duration, or to an instant."""

    advance: Text | None = None
    now: Instant | None = None

    @model_validator(mode="after")
    def _one(self) -> ClockMoveBody:
        if (self.advance is None) == (self.now is None):
            raise at("advance", "give exactly one of advance and now")
        return self


class SampleEvent(Body):
    """Overrides of the sample that is signed and sent."""

    order_id: Text | None = None
    refund_id: Text | None = None
    total_minor: Money | None = None
    contact: Text | None = None
    type: Literal["sale.completed", "sale.refunded"] = "sale.completed"
