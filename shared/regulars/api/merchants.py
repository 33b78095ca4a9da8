"""Merchants: created by the platform, each with a sandbox beside it."""

from __future__ import annotations

from typing import Any

from regulars.actions import due_marks, enrollment
from regulars.api.models import NewMerchant
from regulars.api.reading import read_body
from regulars.core import clock, contacts, tokens, zones
from regulars.core.config import settings
from regulars.domain.calendar import to_ms
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import credentials, protocol
from regulars.i18n import words
from regulars.program import amounts, templates
from regulars.program.check import check
from regulars.program.load import load
from regulars.store import api_keys, connect, sign_ins, staff
from regulars.store.merchants import Merchant, Merchants
from regulars.store.staff import MANAGER, Person
from regulars.store.table import Put
from regulars.tills import hooks, registry

FIRST_LINK_MS = 7 * 24 * 3600 * 1000
"""For how long the link of a new merchant's first device can be used."""


def create(request: protocol.Request) -> protocol.Response:
    """POST /v1/merchants: the live merchant, its sandbox twin, keys, hooks and a staff device."""
    credentials.require_platform(request)
    return protocol.json_answer(201, make(read_body(request, NewMerchant)))


def make(body: NewMerchant) -> dict[str, Any]:
    """Make a merchant with its sandbox; returns what is shown of it, its keys this once. Raises
    INVALID, SLUG_TAKEN."""
    document = document_of(body)
    owner_email = contacts.email(body.owner_email)
    if owner_email is None:
        raise Refused(RefusalCode.INVALID, "", (("owner_email", contacts.NOT_AN_EMAIL),))
    now = clock.now()
    live = tokens.new_merchant_id()
    pair = [
        Merchant(
            merchant_id, body.name, body.slug, tuple(body.languages), owner_email,
            document.get("country", ""), to_ms(now),
        )
        for merchant_id in (live, tokens.twin(live))
    ]  # fmt: skip
    extra, secrets = _keys_and_hooks(live, to_ms(now))
    people, staff_url = _people_and_first_device(live, document, owner_email, to_ms(now))
    extra += people
    program = load(document, 1)
    for merchant_id in (live, tokens.twin(live)):
        extra += [Put(mark) for mark in due_marks.of_merchant(merchant_id, program, now)]
    Merchants(connect.table()).create([(merchant, document) for merchant in pair], extra)
    base = settings().base_url
    return {
        "merchant_id": live,
        "sandbox_id": tokens.twin(live),
        "slug": body.slug,
        **secrets,
        "staff_url": staff_url,
        "join_url": f"{base}/j/{body.slug}",
        "console_url": f"{base}/console/",
    }


def list_templates(request: protocol.Request) -> protocol.Response:
    """GET /v1/templates."""
    items = [{"id": name, "name": templates.template(name)["name"]} for name in templates.names()]
    return protocol.json_answer(200, {"items": items, "next": None})


def read_template(request: protocol.Request) -> protocol.Response:
    """GET /v1/templates/{id}."""
    name = request.param("id")
    if name not in templates.names():
        raise Refused(RefusalCode.NOT_FOUND)
    return protocol.json_answer(200, templates.template(name))


def document_of(body: NewMerchant) -> dict[str, Any]:
    """The template in the merchant's own name, currency, zone and languages."""
    if body.template not in templates.names():
        known = ", ".join(templates.names())
        raise Refused(
            RefusalCode.INVALID,
            "There is no such template.",
            (("template", f"must be one of: {known}"),),
        )
    own: dict[str, Any] = {
        "name": body.name,
        "currency": body.currency,
        "timezone": body.timezone,
        "languages": list(dict.fromkeys(body.languages)),
    }
    if country := zones.country(body.timezone):
        own["country"] = country
    prices = body.prices or {}
    priced = amounts.categories(body.template)
    if unknown := [name for name in prices if name not in priced]:
        hint = f"is not priced here; take one of: {', '.join(priced)}"
        raise Refused(RefusalCode.INVALID, "", tuple((f"prices.{name}", hint) for name in unknown))
    template = templates.written(body.template)
    return check({**amounts.priced(template, body.template, body.currency, prices), **own})


def _keys_and_hooks(live: str, created_ms: int) -> tuple[list[Put], dict[str, Any]]:
    """Keys and hooks of a merchant and its sandbox, and what to show."""
    puts: list[Put] = []
    base = settings().base_url
    shown: dict[str, Any] = {"webhook_urls": {}, "webhook_secrets": {}}
    for merchant_id, field in ((live, "api_key"), (tokens.twin(live), "test_api_key")):
        key, record = credentials.new_api_key(merchant_id, created_ms, name="First key")
        puts += api_keys.puts(record)
        shown[field] = key
    for provider in registry.names():
        hook_id = hooks.hook_id(live, provider)
        shown["webhook_urls"][provider] = f"{base}/hooks/{provider}/{hook_id}"
        shown["webhook_secrets"][provider] = tokens.hook_secret(hook_id)
    return puts, shown


def _people_and_first_device(
    live: str, document: dict[str, Any], owner_email: str, created_ms: int
) -> tuple[list[Put], str]:
    """The owner, whoever stands at the counter first, and the link that enrols their device."""
    counter = Person(tokens.random_id(8), document["name"], MANAGER, created_ms=created_ms)
    places = document.get("locations") or [{"id": None}]
    link = enrollment.link(
        live, counter.staff_id, document["name"], places[0]["id"], created_ms + FIRST_LINK_MS
    )
    name = words(document["languages"][0]).t("Owner")
    owner = sign_ins.new_owner(live, tokens.random_id(8), name, owner_email, created_ms)
    return [staff.put_person(live, counter), *owner, link.put], link.url


ROUTES: dict[str, protocol.Handler] = {
    "POST /v1/merchants": create,
    "GET /v1/templates": list_templates,
    "GET /v1/templates/{id}": read_template,
}
