"""Events of tills in one form, whoever sent them."""

from __future__ import annotations

from dataclasses import dataclass

from regulars.domain.operations import Item


class UnreadableError(ValueError):
    """A signed event that does not have the shape its provider documents; says where."""


@dataclass(frozen=True, slots=True)
class Sale:
    """A completed sale. Money in minor units of `currency`."""

    order_id: str
    total_minor: int
    currency: str
    paid_minor: int | None = None
    """The whole payment, when it includes what does not count (a tip)."""
    items: tuple[Item, ...] = ()
    contacts: tuple[str, ...] = ()
    """E-mail addresses and telephone numbers as the till knows them."""
    customer_ref: str = ""
    """The provider's own id of the customer."""
    member_code: str = ""
    location: str | None = None
    occurred_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Refund:
    """A completed refund of an order; `amount_minor` None for the whole of it."""

    order_id: str
    refund_id: str
    amount_minor: int | None
    items: tuple[Item, ...] = ()
    """What was given back, as far as the till says."""


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer of the provider became known or changed."""

    customer_ref: str
    contacts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ignored:
    """An event that moves nothing, and why."""

    why: str


Event = Sale | Refund | Customer | Ignored
