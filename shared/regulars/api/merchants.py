"""Merchants: created by the platform, each with a sandbox beside it."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from regulars.actions import due_marks
from regulars.api import merchant_settings, platform
from regulars.api.models import NewMerchant
from regulars.api.reading import read_body
from regulars.core import clock, contacts, tokens
from regulars.core.config import settings
from regulars.domain import calendar
from regulars.domain.calendar import to_ms
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import credentials, protocol
from regulars.program import templates
from regulars.program.check import check
from regulars.program.load import load
from regulars.store import connect, keys, merchants
from regulars.store.merchants import Merchant, Merchants, Staff
from regulars.store.table import Absent, Put
from regulars.tills import hooks, registry


def create(request: protocol.Request) -> protocol.Response:
    """POST /v1/merchants: the live merchant, its sandbox twin, keys, hooks and a staff device."""
    credentials.require_platform(request)
    body = read_body(request, NewMerchant)
    document = _document(body)
    owner_email = contacts.email(body.owner_email)
    if owner_email is None:
        raise Refused(RefusalCode.INVALID, "", (("owner_email", "must be an e-mail address"),))
    now = clock.now()
    live = tokens.new_merchant_id()
    pair = [
        Merchant(
            merchant_id, body.name, body.slug, tuple(body.languages), owner_email,
            document.get("country", ""), to_ms(now),
        )
        for merchant_id in (live, tokens.twin(live))
    ]  # fmt: skip
    extra, secrets = _keys_and_first_device(live, document)
    program = load(document, 1)
    today = calendar.local_date(now, program.timezone)
    for merchant_id in (live, tokens.twin(live)):
        marks = [
            due_marks.next_digest(merchant_id, program.timezone, today),
            due_marks.next_invitations(merchant_id, program.timezone, today),
            *due_marks.of_program(merchant_id, program, now),
        ]
        extra += [Put(mark) for mark in marks]
    Merchants(connect.table()).create([(merchant, document) for merchant in pair], extra)
    base = settings().base_url
    return protocol.json_answer(
        201,
        {
            "merchant_id": live,
            "sandbox_id": tokens.twin(live),
            "slug": body.slug,
            **secrets,
            "join_url": f"{base}/j/{body.slug}",
            "console_url": f"{base}/console/",
        },
    )


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


def _document(body: NewMerchant) -> dict[str, Any]:
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
    if country := country_of(body.timezone):
        own["country"] = country
    return check({**templates.template(body.template), **own})


@cache
def country_of(zone: str) -> str:
    """The ISO 3166 country of an IANA zone by the zone table itself; empty for UTC and such."""
    table = files("tzdata") / "zoneinfo" / "zone.tab"
    for line in table.read_text("utf-8").splitlines():
        if not line.startswith("#") and line.split("\t")[2] == zone:
            return line.split("\t")[0]
    return ""


def _keys_and_first_device(live: str, document: dict[str, Any]) -> tuple[list[Put], dict[str, Any]]:
    """Keys, hooks and the first staff device of a merchant and its sandbox, and what to show."""
    puts: list[Put] = []
    base = settings().base_url
    shown: dict[str, Any] = {"webhook_urls": {}, "webhook_secrets": {}}
    for merchant_id, field in ((live, "api_key"), (tokens.twin(live), "test_api_key")):
        key, record = credentials.new_api_key(merchant_id)
        puts.append(Put(merchants.api_key_item(record), Absent()))
        shown[field] = key
    for provider in registry.names():
        hook_id = hooks.hook_id(live, provider)
        shown["webhook_urls"][provider] = f"{base}/hooks/{provider}/{hook_id}"
        shown["webhook_secrets"][provider] = tokens.hook_secret(hook_id)
    token, staff_id = tokens.random_id(26), tokens.random_id(8)
    locations = document.get("locations") or [{"id": None}]
    staff = Staff(staff_id, document["name"], "manager", locations[0]["id"], active=True)
    pk, sk = keys.link(tokens.digest(token))
    puts.append(Put(merchants.staff_item(live, staff), Absent()))
    puts.append(Put({"PK": pk, "SK": sk, "m": live, "s": staff_id}, Absent()))
    shown["staff_url"] = f"{base}/staff/{token}"
    return puts, shown


ROUTES: dict[str, protocol.Handler] = {
    **merchant_settings.ROUTES,
    **platform.ROUTES,
    "POST /v1/merchants": create,
    "GET /v1/templates": list_templates,
    "GET /v1/templates/{id}": read_template,
}
