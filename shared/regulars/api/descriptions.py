"""What each field of a request body is, in one sentence: for the OpenAPI document."""

from __future__ import annotations

from regulars.core.schemas import Descriptions

_MEMBER = "Id of the member."
_LOCATION = "Id of the location, one of the programme's `locations` where it lists any."
_STAFF = "Id of who served; a signed-in device is its own and names nobody."
_OVERRIDE = "Whether to go beyond the limits of staff; a manager or owner who is signed in may."
_ORDER = "Id of the order at the till."

DESCRIPTIONS: Descriptions = {
    "NewMerchant": {
        "": "A merchant to be created, with a sandbox beside it.",
        "name": "Name of the shop, as customers see it.",
        "slug": "The shop's name in its links; nobody else may have it.",
        "template": "The programme to begin with; `GET /v1/templates` lists them.",
        "currency": "ISO 4217.",
        "timezone": "IANA time zone.",
        "languages": "Languages of the pages and messages, the shop's own first.",
        "owner_email": "Where the weekly digest goes.",
        "prices": "What a `coffee`, a `main` or a `visit` costs, in minor units: money of the "
        "template follows from it. Without it a usual price is taken for the currency.",
    },
    "Consents": {
        "": "What a member agrees to. Consents that are left out stay as they are.",
        "email": "To be written to by e-mail.",
        "sms": "To be written to by SMS.",
        "push": "To be sent notifications.",
        "leaderboard": "To be seen on leaderboards, as a first name with an initial.",
    },
    "NewMember": {
        "": "A member to be enrolled. Nothing need be known.",
        "name": "What the member is called.",
        "email": "E-mail address; tills find the card by it.",
        "phone": "Telephone number, with its country code or as written in the shop's country.",
        "birthday": "`MM-DD`, or `YYYY-MM-DD`.",
        "language": "The language that the member reads (ISO 639-1).",
        "consents": "What the member agrees to.",
        "source": "What brought the member: the id of a poster, a table, a partner.",
        "referred_by": "Id of the member who brought this one.",
    },
    "MemberChange": {
        "note": "What staff should know.",
        "attributes": "The merchant's own facts, at most 20; `null` takes one away.",
        "timezone": "IANA time zone of the member; old names are good, too.",
    },
    "ConfirmBody": {
        "": "A contact that the card claims. Without a code one is sent; with it the contact is "
        "confirmed.",
        "contact": "E-mail address or telephone number.",
        "code": "For an address the six digits that were mailed there; for a telephone the code "
        "that the card shows, when staff have seen that the number is the guest's.",
    },
    "SoldItem": {
        "sku": "The product.",
        "name": "What the bill calls it.",
        "category": "Category of the product; rules name categories.",
        "quantity": "How many, with at most three decimals; negative for what is given back.",
        "amount_minor": "What the whole line costs, in minor units; negative for a discount.",
        "kind": "What the line is; `goods` when left out.",
    },
    "EarnBody": {
        "member_id": _MEMBER,
        "contact": "E-mail address or telephone number of the member.",
        "code": "The code that the member's card shows.",
        "visits": "How many visits; 0 for a sale without one.",
        "spend_minor": "Money of the sale in minor units, without tip and tax on top; the sum "
        "of the lines when left out, and never more.",
        "tip_minor": "The tip that was paid besides.",
        "tax_minor": "The tax, inside the price or on top.",
        "tax_inside": "Whether the tax is inside the price; true when left out.",
        "discount_minor": "A discount of the whole order.",
        "gift_card_minor": "What was paid with a gift card.",
        "items": "The lines of the bill.",
        "order_id": "Id of the order. The same order is booked once, whatever the key.",
        "location": _LOCATION,
        "staff": _STAFF,
        "effective_at": "When it happened, for what is reported late; now when left out.",
        "note": "A note for the entry.",
        "override": _OVERRIDE,
    },
    "AdjustBody": {
        "": "A correction of a balance by hand.",
        "member_id": _MEMBER,
        "unit": "Which unit; also one that left the programme and is still on the card.",
        "amount": "How many to add; negative to take.",
        "reason": "Why; it stands in the entry.",
        "allow_debt": "Whether more may be taken than there is; the rest is owed.",
    },
    "RefundedItem": {
        "sku": "The product.",
        "category": "Category of the product.",
        "quantity": "How many came back.",
        "amount_minor": "What they cost in the order, before its discounts, in minor units.",
    },
    "ActionBody": {
        "member_id": _MEMBER,
        "action": "Which action; a rule of the programme names it.",
        "ref": "What it was about: the id of a review, an event.",
    },
    "GiftBody": {
        "override": _OVERRIDE,
        "member_id": _MEMBER,
        "surprise": "Which surprise of the programme.",
        "note": "Why; the member sees it.",
    },
    "TierGrantBody": {
        "tier": "Which tier.",
        "until": "The last day; without it the right does not end, or ends with the membership.",
        "by": "Why it is given.",
        "paid_minor": "What was paid for it, in minor units.",
        "order_id": "The order with which it was paid; a refund of it ends the right.",
    },
    "RefundBody": {
        "order_id": "The order that money was given back for.",
        "refund_id": "Id of the refund; the same one is booked once.",
        "amount_minor": "How much was given back, in minor units; all that is left when left out.",
        "items": "What came back, instead of an amount.",
    },
    "NewVoucher": {
        "": "A reward that a member takes.",
        "member_id": _MEMBER,
        "reward_id": "Which reward.",
        "units": "For a credit: how many units, in its steps; the least when left out.",
    },
    "RedeemBody": {
        "": "Where and with which order a voucher is redeemed.",
        "location": _LOCATION,
        "staff": _STAFF,
        "order_id": "Id of the order at the till. An order uses a credit once, whatever the key.",
        "order_minor": "What the order comes to before the credit, in minor units; a credit with "
        "a `max_share` needs it.",
        "amount_minor": "For a credit: how much of it is used, in minor units; as much as is left "
        "and the order allows when left out.",
        "seen": "At the counter: what came with the guest when the code on the guest's card was "
        "read. Without it the entry says `unverified`.",
    },
    "ReverseBody": {
        "location": _LOCATION,
        "staff": _STAFF,
        "order_id": "For a credit: the order it was used with; what was used last when left out.",
    },
    "CancelVoucher": {
        "": "Why a voucher is given back.",
        "reason": "The reason; it stands in the entry.",
    },
    "HookSettings": {
        "secret": "What the provider signs its events with.",
        "url": "The address as it is set at the provider, where that is signed, too.",
        "account": "The merchant's account at the provider; events of others are not booked.",
        "access_token": "With what the provider can be asked who a customer is.",
    },
    "NewSource": {
        "": "A source to be added.",
        "name": "What the owner calls it, such as the table or the person.",
        "kind": "What it is.",
    },
    "SourceChange": {
        "": "What changes about a source. Fields that are left out stay.",
        "name": "What the owner calls it.",
        "archived": "Whether it is no longer offered.",
    },
    "NewCode": {
        "": "A code that guests scan with their own phone.",
        "kind": "What it is for; it says for how long and for how many cards the code is good.",
        "visits": "How many visits; 1 if left out.",
        "spend_minor": "What was paid, in minor units.",
        "items": "What was bought.",
        "action": "What the guest did, instead of a visit or a sale.",
        "order_id": _ORDER,
        "location": _LOCATION,
        "valid_until": "When it ends, for `event`, `printed` and `receipt`.",
        "uses": "How many cards can use it, for `event`; any number if left out.",
    },
    "ActionDecision": {
        "": "What is decided about something that a member says they did.",
        "decide": "Whether it is rewarded.",
        "note": "A sentence for the member, on the card.",
    },
    "NewApiKey": {
        "name": "What its owner calls it, such as the machine that uses it.",
        "scopes": "What it may be used for; several add up.",
        "origins": "The pages that may use it; needed for `publishable`, and only for that.",
        "expires_at": "When it stops working; null for no end.",
    },
    "RollBody": {
        "overlap_hours": "For how many hours the old key goes on.",
    },
    "NewPerson": {
        "": "Somebody who works there.",
        "name": "What the counter calls them.",
        "role": "What they may do: `staff`, `manager` or `owner`.",
        "locations": "Where they work, by id; everywhere when empty.",
        "limits": "Limits of their own; the programme's where they have none.",
        "email": "Where the console's sign-in is mailed to.",
        "pin": "Four digits, with which they choose their name on a shared device.",
        "active": "Whether they may sign in.",
    },
    "PersonChange": {
        "": "What is to be changed of a person; fields that are left out stay.",
        "name": "What the counter calls them.",
        "role": "What they may do: `staff`, `manager` or `owner`.",
        "locations": "Where they work, by id; everywhere when empty.",
        "limits": "Limits of their own by name; null for none.",
        "email": "Where the console's sign-in is mailed to; null for none.",
        "pin": "Four digits, with which they choose their name on a shared device; null for none.",
        "active": "Whether they may sign in.",
    },
    "NewDevice": {
        "": "A device to be enrolled for a person.",
        "name": "What it is called.",
        "location": "Where it stands; needed where there are several.",
    },
    "StartImport": {
        "mapping": "What the columns are, by heading: ours, or null for one that is not used.",
    },
    "RepairBody": {
        "dry_run": "Whether to say only what would be repaired.",
    },
    "AttentionBody": {
        "do": "What to do; the item says what it `can`.",
        "data": "The till's event as corrected, for `retry`.",
    },
    "FraudBody": {
        "do": "`dismiss` it, and release its cards; keep its cards on `hold`; or `reverse` its "
        "entries.",
        "dry_run": "Only say what it would do.",
        "note": "Why; stands in the entries and in the audit log.",
    },
    "ClockMoveBody": {
        "advance": "How far, as an ISO 8601 duration: `P30D`, `PT6H`.",
        "now": "To which moment.",
    },
    "SampleEvent": {
        "order_id": "Id of the order; a new one when left out.",
        "refund_id": "Id of the refund, for `sale.refunded`.",
        "total_minor": "The money, in minor units.",
        "contact": "E-mail address or telephone number of the customer.",
        "type": "What happened.",
    },
}
"""Text by model and field; "" is the model itself, where its docstring is not enough."""
