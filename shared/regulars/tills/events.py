"""Events of tills in one form, whoever sent them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from regulars.domain.operations import Item


class UnreadableError(ValueError):
    """A signed event that does not have the shape its provider documents; says where."""


class StaleError(ValueError):
    """A well-signed event whose time stamp is too far from now: which header, and the remedy."""

    def __init__(self, header: str, remedy: str) -> None:
        super().__init__(f"{header} {remedy}")
        self.header = header
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class ReportedSale:
    """A completed sale. Money in minor units of `currency`."""

    order_id: str
    total_minor: int
    """What was paid for the goods, without tip and tax on top."""
    currency: str
    paid_minor: int | None = None
    """The whole payment, when it includes what does not count (a tip)."""
    tip_minor: int = 0
    tax_minor: int = 0
    tax_inside: bool = True
    """Whether the tax is inside the prices; else it was paid on top."""
    items: tuple[Item, ...] = ()
    contacts: tuple[str, ...] = ()
    """E-mail addresses and telephone numbers as the till knows them."""
    customer_ref: str = ""
    """The provider's own id of the customer."""
    member_code: str = ""
    location: str | None = None
    occurred_ms: int | None = None


@dataclass(frozen=True, slots=True)
class ReportedRefund:
    """A completed refund of an order; `amount_minor` None for the whole of it."""

    order_id: str
    refund_id: str
    amount_minor: int | None
    items: tuple[Item, ...] = ()
    """What was given back, as far as the till says."""


@dataclass(frozen=True, slots=True)
class ReportedVoid:
    """A refund that was taken back."""

    refund_id: str


@dataclass(frozen=True, slots=True)
class ReportedCustomer:
    """A customer of the provider became known or changed."""

    customer_ref: str
    contacts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ignored:
    """An event that moves nothing, and why."""

    why: str


Event = ReportedSale | ReportedRefund | ReportedVoid | ReportedCustomer | Ignored


@dataclass(frozen=True, slots=True)
class Sample:
    """What a sample event is to tell: a completed sale, or a refund when `refund_id` is set."""

    event_id: str
    order_id: str
    total_minor: int | None
    """Minor units of `currency`; None for all of a refunded order."""
    currency: str
    at: datetime
    """When it happened, in UTC."""
    refund_id: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A request as a till sends it: the bytes of its body, and its headers."""

    body: bytes
    headers: Mapping[str, str]
