"""Sales and refunds of tills, booked on the cards of those who bought."""

from __future__ import annotations

import json
import os
from base64 import b64decode
from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from zlib import decompress

from regulars.actions import attention, find, refunds, revise, void_refund
from regulars.core import checks, contacts, tokens
from regulars.core.observability import logger
from regulars.domain import baskets
from regulars.domain.calendar import to_ms
from regulars.domain.decision import Decision
from regulars.domain.operations import Earn, Origin
from regulars.domain.refusals import RefusalCode, Refused
from regulars.program.load import ClosedError
from regulars.program.shop import Shop, load_shop
from regulars.store import connect, keys
from regulars.store.answers import Idempotency
from regulars.store.members import Members
from regulars.store.merchants import Hook, Merchants
from regulars.store.table import AbsentOr, Below
from regulars.tills import hooks, registry
from regulars.tills.events import (
    Event,
    Ignored,
    ReportedCustomer,
    ReportedRefund,
    ReportedSale,
    ReportedVoid,
    UnreadableError,
)
from regulars.views import integration

SEEN_EVERY_MS = 60_000
SALE_KEPT_DAYS = 30
"""How long a sale waits for its member."""


def process(message: Mapping[str, Any]) -> None:
    """Book one queued event, or put it on the list of what needs a person.

    Raises UnreadableError for one that its provider would not send.
    """
    try:
        shop, hook, event = _read(message)
    except ClosedError:
        logger().info("event of a closed merchant", extra={"provider": message.get("provider")})
        return
    try:
        _book(shop, hook, event)
    except Refused as refused:
        if refused.code.transient:
            raise
        if refused.code is not RefusalCode.ALREADY_REVERSED:  # then it is done
            _set_aside(shop, hook, event, message, refused)
    _note_event(shop, hook, message["received_ms"])


def book_again(message: Mapping[str, Any]) -> None:
    """Book an event that was put aside. Raises UnreadableError, or Refused when it still cannot be
    booked."""
    _book(*_read(message))


def _read(message: Mapping[str, Any]) -> tuple[Shop, Hook, Event]:
    table, provider = connect.table(), message.get("provider")
    hook = hooks.find(table, message["hook_id"], provider) if provider else None
    hook = hook or Merchants(table).hook(message["hook_id"])
    if hook is None:
        raise UnreadableError("the hook is gone")
    event = json.loads(decompress(b64decode(message["body"])), parse_float=checks.Point)
    if not isinstance(event, dict):
        raise UnreadableError("the event must be an object")
    till = registry.till(hook.provider)
    account = till.account_of(event)
    if account and hook.account not in {"", account}:
        raise UnreadableError("the event is about another account of the provider")
    shop = load_shop(table, hook.merchant_id)
    if till.is_test(event) and not tokens.is_sandbox(shop.merchant_id):
        return shop, hook, Ignored("a test of the till: it earns nothing in a live shop")
    return shop, hook, till.read(event)


def _set_aside(
    shop: Shop, hook: Hook, event: Event, message: Mapping[str, Any], refused: Refused
) -> None:
    """Put an event that cannot be booked on the list of what needs a person; nothing is lost."""
    ids = {name: getattr(event, name, "") for name in ("order_id", "refund_id")}
    attention.raise_(
        shop.table,
        shop.merchant_id,
        "unbooked",
        sha256(message["body"].encode()).hexdigest()[:32],
        why=refused.detail or refused.code.value,
        about={"provider": hook.provider, **{name: one for name, one in ids.items() if one}},
        at_ms=to_ms(shop.now),
        data=dict(message),
    )


def _note_event(shop: Shop, hook: Hook, received_ms: int) -> None:
    """Remember that the hook is in use; not more often than its owner can see."""
    (seen,) = shop.table.get(keys.hook_seen(hook.hook_id), consistent=False)
    if seen is None or received_ms - seen["at"] >= SEEN_EVERY_MS:
        pk, sk = keys.hook_seen(hook.hook_id)
        shop.table.put({"PK": pk, "SK": sk, "at": received_ms}, AbsentOr(Below("at", received_ms)))


def _book(shop: Shop, hook: Hook, event: Event) -> None:
    match event:
        case ReportedSale():
            _book_sale(shop, hook, event)
        case ReportedRefund():
            wanted = refunds.Refund(
                f"order:{event.order_id}",
                event.refund_id,
                event.amount_minor,
                hook.provider,
                event.items,
            )
            refunds.refund(shop.ledger, shop.program, wanted, shop.now)
        case ReportedVoid():
            op = f"void:{event.refund_id}"
            void_refund.void_refund(shop, event.refund_id, hook.provider, op, Idempotency())
        case ReportedCustomer():
            _remember_customer(shop, hook, event)
        case Ignored():
            logger().info("event ignored", extra={"why": event.why})


def _book_sale(shop: Shop, hook: Hook, sale: ReportedSale) -> None:
    if sale.currency != shop.program.currency:
        why = f"The sale is in {sale.currency}, not {shop.program.currency}."
        raise Refused(RefusalCode.INVALID, why)
    order = f"order:{sale.order_id}"
    member_id = _member_of(shop, hook, sale)
    if member_id is None:
        _keep_for_claiming(shop, order, sale)
        return
    card = shop.ledger.card(member_id)
    profile = Members(shop.table, shop.merchant_id).profile(member_id)
    if card is None or profile is None:
        raise Refused(RefusalCode.NOT_FOUND, "The member's card is gone.")
    words = find.member_words(profile, shop.program.languages)

    def render(decision: Decision) -> integration.View:
        return integration.earned(shop.program, decision, shop.now, words)

    operation = Earn(
        Origin(
            order,
            hook.provider,
            location=_known_location(shop, sale.location),
            effective_ms=min(sale.occurred_ms, to_ms(shop.now)) if sale.occurred_ms else None,
            entropy=os.urandom(16),
        ),
        spend_minor=sale.total_minor,
        paid_minor=sale.paid_minor,
        tip_minor=sale.tip_minor,
        tax_minor=sale.tax_minor,
        tax_inside=sale.tax_inside,
        items=sale.items,
        order_id=sale.order_id,
    )
    first = shop.ledger.perform(shop.program, card, operation, shop.now, render=render, fresh=True)
    if first.replayed:
        again = f"{order}:{baskets.fingerprint(baskets.read(operation, shop.program.counts))}"
        revise.sent_again(
            shop, card.member_id, first, operation, again, Idempotency(), render, once=True
        )
    refunds.apply_parked(shop.ledger, shop.program, order, shop.now)


def _member_of(shop: Shop, hook: Hook, sale: ReportedSale) -> str | None:
    """Who bought: by the code on the card, by contact, by the provider's customer."""
    members = Members(shop.table, shop.merchant_id)
    if sale.member_code:
        sold_ms = sale.occurred_ms or to_ms(shop.now)
        if found := members.by_code(sale.member_code, sold_ms // 1000):
            return found
    for contact in sale.contacts:
        normal = contacts.normal(contact, shop.program.country)
        if normal and (found := members.by_contact(normal)):
            return found
    if not sale.customer_ref:
        return None
    for digest in _customer_digests(shop, hook, sale.customer_ref):
        if found := members.by_digest(digest):
            return found
    return None


def _customer_digests(shop: Shop, hook: Hook, customer_ref: str) -> list[str]:
    """The contacts (as digests) of a provider's customer: remembered, else asked for."""
    (item,) = shop.table.get(_customer_key(shop, hook, customer_ref))
    if item:
        return list(item["contacts"])
    customer = registry.till(hook.provider).fetch_customer(hook, customer_ref)
    return _remember_customer(shop, hook, customer) if customer else []


def _remember_customer(shop: Shop, hook: Hook, customer: ReportedCustomer) -> list[str]:
    """Keep which contacts a provider's customer has; as digests, not in clear."""
    normal = (contacts.normal(contact, shop.program.country) for contact in customer.contacts)
    digests = [tokens.contact_digest(shop.merchant_id, contact) for contact in normal if contact]
    pk, sk = _customer_key(shop, hook, customer.customer_ref)
    shop.table.put({"PK": pk, "SK": sk, "contacts": digests})
    return digests


def _customer_key(shop: Shop, hook: Hook, customer_ref: str) -> keys.Key:
    named = tokens.contact_digest(shop.merchant_id, f"{hook.provider}:{customer_ref}")
    return keys.customer(shop.merchant_id, named)


def _keep_for_claiming(shop: Shop, order: str, sale: ReportedSale) -> None:
    """A sale that names nobody enrolled is kept for claiming; a later event may name somebody."""
    shop.table.put(
        {
            "PK": keys.parked(shop.merchant_id, order),
            "SK": "SALE",
            "order": sale.order_id,
            "total": sale.total_minor,
            "occurred": sale.occurred_ms or to_ms(shop.now),
            "ttl": to_ms(shop.now) // 1000 + SALE_KEPT_DAYS * 24 * 3600,
        }
    )


def _known_location(shop: Shop, location: str | None) -> str | None:
    """The location that a till names; None for one that the programme does not list."""
    known = shop.program.locations
    return location if not known or location in known else None
