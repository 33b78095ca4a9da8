"""The contract of the HTTP API as pydantic models: what is answered. (Bodies: `models.py`.)

Here is what all have in common, and what the platform, tills and the sandbox are answered; cards
are in `answers_cards.py`, programmes in `answers_programs.py`. The text below a field describes it
in the OpenAPI document. The tests hold every answer of the service to its model.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from regulars.domain.refusals import RefusalCode


def open_schema(schema: dict[str, Any]) -> None:
    """Answers are open: a client ignores fields it does not know. Our tests know them all."""
    schema.pop("additionalProperties", None)


class View(BaseModel):
    """What is answered."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=open_schema)


Instant = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
Day = Annotated[str, Field(json_schema_extra={"format": "date"})]
Cursor = Annotated[
    str | None,
    Field(description="What `cursor` takes to read on; null on the last page"),
]


class FieldError(View):
    """What is wrong with one field, and what to do."""

    path: str
    """The field, as names and places in lists with dots between: `items.0.quantity`."""
    message: str
    """What it must be."""


class LostBy(View):
    """What one member would lose."""

    kind: Literal[
        "right", "balance_ended", "balance_mapped", "balance_stranded", "voucher", "remainder"
    ]
    """What it is."""
    what: str
    """The id of the tier, unit, reward or rule."""
    amount: int
    """How many rights, units or vouchers; minor units of money for a remainder."""


class Loss(LostBy):
    """What members would lose."""

    members: int
    """How many members."""
    value_minor: int | None
    """What the units are worth, in minor units, when the programme says so."""


class Problem(View):
    """What went wrong, as a problem document (RFC 9457)."""

    type: str
    """A URN made of the code."""
    title: str
    """The code in words."""
    status: int
    """The HTTP status."""
    code: Annotated[str, Field(json_schema_extra={"enum": [code.value for code in RefusalCode]})]
    """Which refusal it is. Stable: decide by this and never by texts."""
    detail: str
    """What happened this time, in words."""
    errors: list[FieldError]
    """Which fields are wrong; empty where it is not about fields."""
    losses: list[Loss] | None = None
    """For `losses`: what members would lose."""
    possible_minor: int | None = None
    """Where more of a credit was asked for than can be used: how much can."""


class MerchantCreated(View):
    """A merchant and its sandbox. Keys are shown this once."""

    merchant_id: str
    """Id of the live merchant."""
    sandbox_id: str
    """Id of its sandbox."""
    slug: str
    """The name of the shop in its links."""
    api_key: str
    """The key that acts on the live merchant."""
    test_api_key: str
    """The key that acts on the sandbox."""
    join_url: str
    """Where customers join; the poster's code leads here."""
    console_url: str
    """Where the owner signs in."""
    staff_url: str
    """Signs the first device of the counter in."""
    webhook_urls: dict[str, str]
    """Where each till posts, by provider."""
    webhook_secrets: dict[str, str]
    """What each till signs with, by provider."""


class HookView(View):
    """Where a till posts its events, and how they are recognised."""

    provider: str
    """The till: `generic`, `square` ..."""
    hook_id: str
    """The last part of the address; it cannot be guessed."""
    url: str
    """Where the till posts."""
    secret: str | None
    """What it signs with; null when the owner has set one, which is never shown."""
    account: str | None
    """The merchant's account at the provider, when it has been set."""
    state: Literal["unset", "pending", "live"]
    """`unset`: the provider's secret is missing; `pending`: no event has come yet."""
    last_event_at: Instant | None
    """When the last event with a good signature came."""


class HookList(View):
    """A hook for each provider."""

    items: list[HookView]
    """One for each provider, whether it is set up or not."""
    next: Cursor


class Clock(View):
    """The time of the sandbox."""

    now: Instant
    """What the sandbox takes for now."""


class JobRun(View):
    """A job that ran while the clock was moved."""

    name: str
    """Which job."""
    at: Instant
    """The hour of the sandbox in which it ran."""
    members: int
    """How many cards it looked at."""


class ClockMoved(View):
    """Where the clock stands, and what ran on the way."""

    now: Instant
    """What the sandbox takes for now."""
    jobs: list[JobRun]
    """The jobs that fell due on the way, in order."""
    more: bool
    """Whether it stopped before its target: the same body goes on to it."""


class Message(View):
    """A message that the sandbox kept instead of sending it."""

    to: str
    """The address or number."""
    channel: Literal["email", "sms", "push"]
    """How it would have been sent."""
    kind: str
    """What it is about: `welcome`, `tier_up` ..."""
    language: str
    """The language it is written in."""
    subject: str
    """Its subject."""
    text: str
    """What it says, without markup."""
    at: Instant
    """When it would have been sent, by the sandbox's clock."""


class MessageList(View):
    """Messages that the sandbox kept, newest first."""

    items: list[Message]
    """The messages of this page."""
    next: Cursor


class Sent(View):
    """A sample event was signed and posted to the hook."""

    status: int
    """What the hook answered."""
    event_id: str
    """The id of the event."""


class Health(View):
    """The service is up."""

    status: Literal["ok"]
    """Always `ok`."""
    version: str
    """The version of the service."""
