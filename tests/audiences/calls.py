"""Random calls, and what is wrong with an answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any, NamedTuple

from regulars.api.routes import Route
from regulars.http.roles import SENSITIVE, allows
from regulars.http.scopes import allows as scope_allows
from tests.audiences.shops import ANYBODY, Answer, Audience, Shop, call, two_shops
from tests.console_routes import EVERYTHING

ASKED = tuple(route for route in EVERYTHING if route.path != "/v1/test/hooks/{provider}")
"""All routes but the one that posts to an address of the installation; here there is none."""

PLACES = {
    "code": ("voucher", "member"), "token": ("link", "key"), "hook_id": ("hook",),
    "slug": ("slug",), "merge_id": ("member",), "n": ("seq",), "name": ("slug",),
}  # fmt: skip
IDS = ("member", "staff", "device", "key", "entry", "order", "merchant", "voucher")
FIELDS = {
    "member_id": "member", "to": "member", "from": "member", "order_id": "order",
    "staff_id": "staff", "staff": "staff", "contact": "email", "code": "voucher",
}  # fmt: skip
BODIES: tuple[dict[str, Any], ...] = (
    {}, {"member_id": "", "visits": 1}, {"member_id": "", "unit": "stamp", "amount": 1,
    "reason": "r"}, {"member_id": "", "reward_id": "free-coffee"}, {"name": "Mallory"},
    {"to": "", "reason": "r"}, {"to": "", "unit": "stamp", "amount": 1}, {"from": ""},
    {"order_id": "", "refund_id": "r"}, {"member_id": "", "seq": 2},
    {"name": "K", "scopes": ["full"]}, {"name": "K", "role": "owner"}, {"staff_id": "", "pin": "1"},
    {"member_id": "", "surprise": "x"}, {"member_id": "", "action": "review"},
    {"tier": "regular"}, {"do": "dismiss"}, {"dry_run": True}, {"overlap_hours": 1},
    {"email": "new@mallory.example"}, {"advance": "P1D"}, {"sender_name": "Mallory"},
    {"contact": ""}, {"note": "x"}, {"secret": "s" * 40},
)  # fmt: skip


class Call(NamedTuple):
    """One call: who, what, and of which shop the names in it are."""

    audience: Audience
    route: Route
    path: str
    query: dict[str, str]
    body: dict[str, Any] | None
    foreign: bool


def drawn(chance: Random, own: Shop, other: Shop) -> Call:
    """Draw a call of somebody of a shop (or of nobody), with names of either shop in it."""
    audience = chance.choice([*own.audiences, *ANYBODY])
    route = chance.choice(ASKED)
    foreign = chance.random() < 0.5
    names = (other if foreign else own).names

    def name(*sorts: str) -> str:
        return chance.choice(names[chance.choice(sorts)])

    path = "/".join(_part(part, route, chance, name) for part in route.path.split("/"))
    query = {}
    if route.method == "GET" and chance.random() < 0.3:
        query = {chance.choice(("q", "id", "code", "who", "cursor", "tier")): name(*IDS)}
    body = None
    if route.method in {"POST", "PUT", "PATCH"}:
        drawn_body = chance.choice(BODIES)
        body = {
            field: name(FIELDS[field]) if value == "" and FIELDS[field] in names else value
            for field, value in drawn_body.items()
        }
    return Call(audience, route, path, query, body, foreign)


def _part(part: str, route: Route, chance: Random, name: Any) -> str:
    """A part of a path, its place filled in."""
    if not part.startswith("{"):
        return part
    place = part[1:-1]
    if place == "provider":
        return chance.choice(("generic", "square"))
    if place == "id" and route.path.startswith("/v1/merchants"):
        return str(name("merchant"))
    return str(name(*PLACES.get(place, IDS)))


def made(one: Call, chance: Random) -> Answer:
    """Make a call."""
    headers = {
        "content-type": "application/json", "if-match": "*",
        "idempotency-key": f"k{chance.randrange(10**12)}", **one.audience.headers,
    }  # fmt: skip
    sent = None if one.body is None else json.dumps(one.body).encode()
    return call(
        one.route.method, one.path, body=sent, headers=headers, query=one.query,
        cookies=one.audience.cookies,
    )  # fmt: skip


def wrong(one: Call, answer: Answer, own: Shop, other: Shop) -> Iterator[str]:
    """Yield what is wrong with an answer."""
    if answer.status >= 500:
        yield f"status {answer.status}"
    sent = f"{one.path} {one.query} {one.body}"
    by_link = one.route.auth in {"link", "none"}  # whoever has a link sees what it opens
    for secret in () if one.audience.platform else other.secrets:
        if secret in answer.text and secret not in sent and not (by_link and one.foreign):
            yield f"tells {secret} of the other shop"
    known = one.audience.scope and not one.audience.sandbox
    shows_links = known or by_link or one.audience.name == "guest"
    for link in own.card_links:
        if link in answer.text and link not in sent and not shows_links:
            yield "shows the link of a card"
    asks_first = one.route.path.startswith("/console") or one.route.key == "GET /card/{slug}"
    led_away = answer.status == 303 and asks_first
    if may(one) is False and answer.status not in {401, 403, 404} and not led_away:
        yield f"is not refused, but answered {answer.status}"
    if may(one) and answer.status == 401:
        yield "is not known"


def may(one: Call) -> bool | None:
    """Tell whether the audience may call the route; None where anybody may."""
    audience, auth = one.audience, one.route.auth
    if (
        auth in {"none", "link", "card", "signature", "device"}
        or one.route.key == "POST /staff/sign-out"
    ):
        return None
    if auth == "platform":
        return audience.platform
    if audience.role:
        if one.route.key in SENSITIVE:
            return False  # nobody of these has shown who they are
        if "x-regulars" not in audience.headers and one.route.method != "GET":
            return False  # browsers do not let other sites send the header
        return auth != "test key" and allows(audience.role, one.route.key)
    if auth == "staff":
        return False
    if auth == "test key":
        return audience.sandbox
    return bool(audience.scope) and scope_allows((audience.scope,), one.route.key)


def played(seed: int, calls: int) -> list[str]:
    """Make so many random calls; returns what was wrong, one line each."""
    return list(play(seed, calls))


def play(seed: int, calls: int) -> Iterator[str]:
    """Make so many random calls; yields what is wrong, one line each."""
    chance = Random(seed)  # noqa: S311 - it is to be foreseen
    with two_shops(chance) as (first, second, snapshot):
        for number in range(calls):
            own, other = (first, second) if chance.random() < 0.5 else (second, first)
            one = drawn(chance, own, other)
            answer = made(one, chance)
            for what in wrong(one, answer, own, other):
                who = f"seed {seed}, call {number}: {one.audience.name}"
                yield f"{who}: {one.route.method} {one.path} {one.query} {one.body} {what}"
            snapshot.restore()
