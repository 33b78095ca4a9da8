"""Merchants: created by the platform, each with a sandbox beside it."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from regulars import clock, tokens
from regulars.config import settings
from regulars.domain.calendar import to_ms
from regulars.domain.program import load
from regulars.domain.refusals import Code, Refused
from regulars.jobs.digest import first_digest
from regulars.jobs.invitations import first_invitations
from regulars.jobs.leaderboards import next_count
from regulars.store import connect, keys, merchants
from regulars.store.merchants import Hook, Merchant, Merchants, Staff
from regulars.store.table import Absent, Put
from regulars.tills import PROVIDERS
from regulars.web import auth, contacts, http
from regulars.web.models import NewMerchant
from regulars.web.program_schema import check
from regulars.web.reading import read_body

TEMPLATES = files("regulars") / "templates"


def create(request: http.Request) -> http.Response:
    """POST /v1/merchants: the live merchant, its sandbox twin, keys, hooks and a staff device."""
    auth.require_platform(request)
    body = read_body(request, NewMerchant)
    document = _document(body)
    owner_email = contacts.email(body.owner_email)
    if owner_email is None:
        raise Refused(Code.INVALID, "", (("owner_email", "must be an e-mail address"),))
    now = clock.now()
    live = tokens.new_merchant_id()
    pair = [
        Merchant(
            merchant_id, body.name, body.slug, tuple(body.languages), owner_email,
            document.get("country", ""), to_ms(now),
        )
        for merchant_id in (live, tokens.twin(live))
    ]  # fmt: skip
    extra, secrets = _belongings(live, document)
    for merchant_id in (live, tokens.twin(live)):
        extra.append(Put(first_digest(merchant_id, document["timezone"], now)))
        extra.append(Put(first_invitations(merchant_id, document["timezone"], now)))
        if document.get("leaderboards"):
            extra.append(Put(next_count(merchant_id, load(document, 1), now)))
    Merchants(connect.table()).create([(merchant, document) for merchant in pair], extra)
    base = settings().base_url
    return http.json_answer(
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


def templates(request: http.Request) -> http.Response:
    """GET /v1/templates."""
    items = [{"id": name, "name": template(name)["name"]} for name in template_names()]
    return http.json_answer(200, {"items": items})


def read_template(request: http.Request) -> http.Response:
    """GET /v1/templates/{id}."""
    name = request.param("id")
    if name not in template_names():
        raise Refused(Code.NOT_FOUND)
    return http.json_answer(200, template(name))


@cache
def template_names() -> tuple[str, ...]:
    """The ids of the programmes that a merchant can start from."""
    names = (entry.name for entry in TEMPLATES.iterdir())
    return tuple(sorted(name.removesuffix(".json") for name in names if name.endswith(".json")))


@cache
def template(name: str) -> dict[str, Any]:
    """One of the templates, as a programme document."""
    document: dict[str, Any] = json.loads((TEMPLATES / f"{name}.json").read_text("utf-8"))
    return document


def _document(body: NewMerchant) -> dict[str, Any]:
    """The template in the merchant's own name, currency, zone and languages."""
    if body.template not in template_names():
        known = ", ".join(template_names())
        raise Refused(
            Code.INVALID, "There is no such template.", (("template", f"must be one of: {known}"),)
        )
    own: dict[str, Any] = {
        "name": body.name,
        "currency": body.currency,
        "timezone": body.timezone,
        "languages": list(dict.fromkeys(body.languages)),
    }
    if country := country_of(body.timezone):
        own["country"] = country
    return check({**template(body.template), **own})


@cache
def country_of(zone: str) -> str:
    """The ISO 3166 country of an IANA zone by the zone table itself; empty for UTC and such."""
    table = files("tzdata") / "zoneinfo" / "zone.tab"
    for line in table.read_text("utf-8").splitlines():
        if not line.startswith("#") and line.split("\t")[2] == zone:
            return line.split("\t")[0]
    return ""


def _belongings(live: str, document: dict[str, Any]) -> tuple[list[Put], dict[str, Any]]:
    """Keys, hooks and the first staff device of a merchant and its sandbox, and what to show."""
    puts: list[Put] = []
    base = settings().base_url
    shown: dict[str, Any] = {"webhook_urls": {}, "webhook_secrets": {}}
    for merchant_id, field in ((live, "api_key"), (tokens.twin(live), "test_api_key")):
        key, record = auth.new_api_key(merchant_id)
        puts.append(Put(merchants.api_key_item(record), Absent()))
        shown[field] = key
        for provider in PROVIDERS:
            hook_id = hook_id_of(merchant_id, provider)
            url = f"{base}/hooks/{provider}/{hook_id}"
            hook = Hook(hook_id, merchant_id, provider, "", url, "", "")
            puts.append(Put(merchants.hook_item(hook), Absent()))
            if merchant_id == live:
                shown["webhook_urls"][provider] = url
                shown["webhook_secrets"][provider] = tokens.hook_secret(hook_id)
    token, staff_id = tokens.random_id(26), tokens.random_id(8)
    locations = document.get("locations") or [{"id": None}]
    staff = Staff(staff_id, document["name"], "manager", locations[0]["id"], active=True)
    pk, sk = keys.link(tokens.digest(token))
    puts.append(Put(merchants.staff_item(live, staff), Absent()))
    puts.append(Put({"PK": pk, "SK": sk, "m": live, "s": staff_id}, Absent()))
    shown["staff_url"] = f"{base}/staff/{token}"
    return puts, shown


def hook_id_of(merchant_id: str, provider: str) -> str:
    """The id of a merchant's hook: unguessable, and the same whenever it is asked for."""
    return tokens.derive("hook-id", merchant_id, provider).hex()[:32]
