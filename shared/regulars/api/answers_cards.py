"""The contract of the HTTP API as pydantic models: answers about members, cards and vouchers."""

from __future__ import annotations

from typing import Literal

from regulars.api.answers import Cursor, Day, Instant, View

VoucherStatus = Literal["issued", "redeemed", "cancelled", "expired"]


class Balance(View):
    """What a card has of one unit."""

    available: int
    """What can be spent today."""
    pending: int
    """What was granted and can be spent from a later day on."""
    debt: int
    """What is owed after a refund; the next units pay it first."""


class Expiring(View):
    """Units that expire soon."""

    unit: str
    """Which unit."""
    amount: int
    """How many."""
    on: Day
    """The last day on which they can be spent."""


class NextTier(View):
    """The next tier, and how far it is."""

    id: str
    """Its id in the programme."""
    metric: Literal["spend", "visits", "points"]
    """What is counted; spend in minor units."""
    value: int
    """What the card has."""
    target: int
    """What is needed."""
    window: str
    """The time that counts: `month`, `year`, `lifetime` ..."""


class TierOffer(View):
    """A higher tier that can be bought."""

    id: str
    """Its id in the programme."""
    name: str
    """Its name in the member's language."""
    price_minor: int | None
    """What it costs; null when it comes with a purchase of its own."""
    period: Literal["month", "year"] | None
    """How long it lasts; null when the programme names no period."""


class TierDiscount(View):
    """A standing discount of a tier."""

    id: str
    """Its id in the programme."""
    name: str
    """Its name in the member's language."""
    percent: int
    """How much is taken off, in percent."""
    categories: list[str]
    """The categories it is for; without them and `skus` everything."""
    skus: list[str]
    """The items it is for."""


class TierView(View):
    """The tier of a card."""

    id: str | None
    """The tier held; null for none."""
    name: str | None
    """Its name in the member's language."""
    since: Day | None
    """The day it began."""
    until: Day | None
    """The last day of the right to it; null when it does not end."""
    next: NextTier | None
    """The next tier that can be reached by visits, spend or points."""
    offers: list[TierOffer]
    """Higher tiers that can be bought."""
    discounts: list[TierDiscount]
    """What is cheaper for as long as the tier is held; nothing of it is used up."""


class Badge(View):
    """A milestone that was reached."""

    id: str
    """Its id in the programme."""
    name: str
    """Its name in the member's language."""


class HeldVoucher(View):
    """A voucher on a card."""

    voucher_id: str
    """Its id."""
    code: str
    """The code by which it is redeemed."""
    reward_id: str
    """The reward it is for."""
    status: VoucherStatus
    """Whether it can be redeemed (`issued`), and if not, why."""
    issued_at: Instant
    """When it was issued."""
    expires_at: Instant | None
    """The moment from which it is no longer good; null when it does not expire."""
    kind: str | None
    """What it is good for: `item`, `percent` ...; null for a reward that is gone."""
    percent: int | None
    """How much it takes off, in percent."""
    amount_minor: int | None
    """How much it takes off, in minor units."""
    name: str
    """Its name in the member's language, by the version it was issued under."""
    value_minor: int | None
    """What it is good for in money, in minor units; what a credit was issued for."""
    left_minor: int | None
    """How much of a credit is left, in minor units; null for other kinds."""
    conditions: list[str]
    """What the shop says about using it, by the version it was issued under."""


class CardView(View):
    """A member's card."""

    member_id: str
    """Id of the member."""
    card_url: str | None
    """The member's own link. Whoever has it sees the card: show it to nobody else."""
    name: str | None
    """The name, when it is known."""
    language: str | None
    """The member's language (ISO 639-1), when it is known."""
    enrolled_at: Instant
    """When the member joined."""
    version: int
    """Rises with every change of the card: of two answers the higher is newer."""
    seq: int
    """Number of the newest entry in the ledger."""
    balances: dict[str, Balance]
    """What the card has, by unit."""
    expiring: list[Expiring]
    """Units that expire within 60 days, the soonest first."""
    tier: TierView | None
    """The tier held and the next; null in a programme without tiers."""
    vouchers: list[HeldVoucher]
    """Vouchers that were not redeemed, cancelled or booked out."""
    badges: list[Badge]
    """Milestones that were reached."""
    visits: int
    """Visits since joining, less those that were refunded."""
    spend_minor: int
    """Money spent since joining, less what was refunded, in minor units."""
    last_visit_at: Instant | None
    """When the member came last."""
    segment: Literal["new", "returning", "loyal", "at_risk", "lapsed"]
    """How recently and how often the member came."""


class EnrolledCard(CardView):
    """A new card, and what of the given contacts is not on it."""

    not_taken: list[Literal["email", "phone"]] | None = None
    """Contacts that stayed with another member who has them; absent when there are none."""


class ListedCard(CardView):
    """A card in a list."""

    contact_hint: str | None
    """A contact that can be recognised and not be used; null without one."""
    usual_days: int | None
    """Every how many days the member comes usually; null for who has no rhythm yet."""


class CardList(View):
    """Cards, newest members first, or by name when a name was asked for."""

    items: list[ListedCard]
    """The cards of this page."""
    next: Cursor


class MemberCounts(View):
    """How many members there are."""

    members: int
    """All of them."""
    segments: dict[str, int]
    """By segment."""
    tiers: dict[str, int]
    """By tier, in the order of the programme; who has none is in no tier."""
    birthdays: dict[str, int]
    """By the month of their birthday, `01` to `12`."""


class CardLink(View):
    """The new link of a card."""

    card_url: str
    """It shows the card to whoever has it; the link before leads nowhere."""


class ContactView(View):
    """A contact of a member."""

    kind: Literal["email", "phone"]
    """What it is."""
    value: str
    """The address in lower case, or the number in E.164."""
    confirmed_at: Instant | None
    """When it was confirmed; null for one that was typed on a page and is only claimed."""
    confirmed_by: Literal["mail", "counter", "merchant"] | None
    """How: by a mailed link, at the counter, or given by the merchant with an API key; null for one
    that is claimed, or was there before contacts had to be confirmed."""


class ConsentView(View):
    """What a member said to one channel."""

    channel: Literal["email", "sms", "push", "leaderboard"]
    """What was asked about."""
    given: bool
    """Whether the member agrees."""
    at: Instant | None
    """When it was given or refused; null where it was not kept."""
    by: Literal["merchant", "page", "member"] | None
    """Whether the merchant gave it with an API key, it was ticked when joining, or set later."""
    wording: str | None
    """The words that were agreed to; null where they were not kept."""


class ProfileView(View):
    """What is known of a member, apart from the card."""

    contacts: list[ContactView]
    """E-mail address and telephone number."""
    birthday: str | None
    """`MM-DD`, or `YYYY-MM-DD` when the year is known."""
    language: str | None
    """ISO 639-1, when it is known."""
    timezone: str | None
    """An IANA time zone, when it is known."""
    source: str | None
    """What brought the member: the id of a poster, a table, a partner."""
    note: str | None
    """What staff should know."""
    attributes: dict[str, str]
    """The merchant's own facts about the member."""
    consents: list[ConsentView]
    """What the member said to each channel; channels that were not asked about are absent."""


class Units(View):
    """Some of a unit."""

    unit: str
    """Which unit; empty where nothing is paid."""
    amount: int
    """How many."""


class UseView(View):
    """Money of a credit that was used."""

    amount_minor: int
    """How much, in minor units."""
    at: Instant
    """When."""
    order_id: str | None
    """The order it was used with, when it was told."""


class VoucherView(HeldVoucher):
    """A voucher, open or closed."""

    cost: Units
    """What was paid for it."""
    uses: list[UseView]
    """What of a credit was used and not taken back, the first use first; empty for other kinds."""
    closed_at: Instant | None
    """When it was redeemed, cancelled or booked out."""
    qr_url: str | None
    """What the member shows: the card's link, at this voucher."""


class Rate(View):
    """What units are worth as money off."""

    units: int
    """So many units."""
    amount_minor: int
    """Are worth so much, in minor units."""


class CreditTerms(View):
    """How a credit is taken and used."""

    rate: Rate
    """What units are worth."""
    min_units: int
    """The least that can be taken."""
    step_units: int
    """The step in which units are taken."""
    max_share: str | None
    """The share of an order that can be paid with it; null for all of it."""


class RewardView(View):
    """A reward as it stands for a card."""

    reward_id: str
    """Its id in the programme."""
    name: str
    """Its name in the member's language."""
    kind: str
    """What it is: `item`, `percent` ..."""
    percent: int | None
    """How much it takes off, in percent."""
    amount_minor: int | None
    """How much it takes off, in minor units."""
    value_minor: int | None
    """What it is good for in money, in minor units; of a credit, what the least is."""
    conditions: list[str]
    """What the shop says about using it."""
    cost: Units
    """What it costs; of a credit, the least that can be taken."""
    credit: CreditTerms | None
    """How a credit is taken and used; null for other kinds."""
    auto: bool
    """Whether it is issued by itself as soon as there is enough."""
    affordable: bool
    """Whether the member can have it now."""
    missing: Units | None
    """What is missing; null when there is enough."""
    locked_because: str | None
    """The code that taking it would answer; null when it can be had."""


class RewardList(View):
    """The rewards of the programme."""

    items: list[RewardView]
    """Each reward as it stands for the card."""
    next: Cursor


class MemberDevice(View):
    """A device that the card lives on."""

    system: str | None
    """What it runs: `Android`, `iOS` ..., where that is known."""
    since: Instant
    """Since when."""


class MemberProfile(ProfileView):
    """What is known of a member apart from the card, and how often they come."""

    usual_days: int | None
    """Every how many days the member comes usually; null for who has no rhythm yet."""
    devices: list[MemberDevice]
    """Where the card lives, the oldest first."""
