"""What is answered about who may do what: API keys, people, devices, the audit log."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from regulars.api.answers import Cursor, Instant, View, open_schema


class ApiKeyView(View):
    """An API key, without its secret."""

    key_id: str
    """Names it in `/v1/keys/{id}`; the key begins with `rk_` and it."""
    name: str
    """What its owner calls it."""
    scopes: list[Literal["full", "read", "till", "export", "publishable"]]
    """What it may be used for."""
    origins: list[str]
    """The pages that may use it, for one that is publishable."""
    created_at: Instant | None
    """When it was made."""
    expires_at: Instant | None
    """Until when it can be used; null without an end."""
    state: Literal["live", "expired", "revoked"]
    """Whether it can be used."""


class NewApiKeyView(ApiKeyView):
    """A new API key, with its secret."""

    key: str
    """The key itself; it is not shown again."""


class ApiKeyList(View):
    """All API keys of a merchant."""

    items: list[ApiKeyView]
    """The keys, the newest first."""
    next: Cursor


class Who(View):
    """Who did something."""

    kind: Literal["key", "staff", "owner", "platform", "job", "member"]
    """Whether an API key, staff, the owner, the platform, a job by a rule of the merchant, or a
    member on the own page."""
    id: str
    """The id of the key or of the person."""
    name: str
    """What they were called then."""


class Source(View):
    """From where something was done."""

    device: str | None
    """The device, for staff."""
    key: str | None
    """The API key."""
    network: str | None
    """The network of the source address."""


class AuditView(View):
    """Something that was done to settings, people, keys or personal data."""

    model_config = ConfigDict(populate_by_name=True, extra="forbid", json_schema_extra=open_schema)

    at: Instant
    """When it was done."""
    who: Who
    """Who did it."""
    source: Annotated[Source, Field(alias="from")]
    """From where."""
    what: str
    """What was done: `key.created`, `program.published` ..."""
    target: str
    """The id of what it was done to."""
    before: Any
    """As it was, where that is told."""
    after: Any
    """As it is since, where that is told."""


class AuditList(View):
    """What was done, the newest first."""

    items: list[AuditView]
    """The page."""
    next: Cursor


class OwnLimits(View):
    """Limits of one person, in the place of the programme's."""

    visits_per_day: int | None = None
    """Visits that they book by hand in a day; 0 is no limit."""
    spend_minor_per_day: int | None = None
    """Money of the sales that they book by hand in a day."""
    spend_minor_per_sale: int | None = None
    """Money of one sale."""
    gifts_per_day: int | None = None
    """Gifts in a day."""
    undos_per_day: int | None = None
    """How often in a day they take back."""


class PersonView(View):
    """Somebody who works at the merchant."""

    staff_id: str
    """Their id, as entries name it."""
    name: str
    """What the counter calls them."""
    role: Literal["staff", "manager", "owner"]
    """What they may do."""
    locations: list[str]
    """Where they work; everywhere when empty."""
    limits: OwnLimits | None
    """Their own limits, where they have any."""
    email: str | None
    """Where the console's sign-in is mailed to."""
    has_pin: bool
    """Whether they can choose their name on a shared device."""
    active: bool
    """Whether they may sign in."""
    created_at: Instant | None
    """When they were entered."""


class PersonList(View):
    """Who works at the merchant."""

    items: list[PersonView]
    """People, by name."""
    next: Cursor


class Enrollment(View):
    """A link that enrols one device, once."""

    enrol_url: str
    """To be opened on the device; a button there uses it up."""
    svg: str
    """The link as a QR code."""
    expires_at: Instant
    """Until when it can be used."""


class DeviceView(View):
    """A device of the counter."""

    device_id: str
    """Its id."""
    name: str
    """What it is called."""
    location: str | None
    """Where it stands."""
    last_seen_at: Instant
    """When somebody signed in on it last."""
    staff: list[str]
    """Who has signed in on it, by id; the first one enrolled it."""


class DeviceList(View):
    """Devices that may be used."""

    items: list[DeviceView]
    """The newest first."""
    next: Cursor
