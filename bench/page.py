"""The card page as a phone gets it: how much of it, and from whom."""

from __future__ import annotations

import gzip
import re
from base64 import b64decode
from urllib.parse import urlencode, urlsplit

from bench.result import Result
from bench.shop import Event, Shop, answer_of, call, observed, request
from bench.warm import consumed
from regulars.store import connect

LOADED = re.compile(r'<(?:script|img|link|source|iframe)[^>]*?(?:src|href)="([^"#]+)"')


SEEN = re.compile(r'data-seen="([^"]+)"')

SECONDS = 30
"""How long somebody looks at a card."""

NEWS_AT = (1.5, 3.5, 6.5, 11.5, 19.5)
"""When the page asks for news meanwhile (`card.js`)."""


def viewing(shop: Shop) -> list[Result]:
    """Read units and calls of one viewing of a card: the page, its news, a new code."""
    member = shop.enroll()
    for _ in range(24):
        call("stamp", shop.stamp(member))
    page = shop.card_page(member)
    parts = {"slug": shop.slug}
    code = {**request("GET", "/card/{slug}/code", **parts), "cookies": page["cookies"]}
    (note,) = SEEN.findall(str(answer_of("card", page)["body"]))
    news = {**request("GET", "/card/{slug}/state", **parts), "cookies": page["cookies"]}
    news |= {"rawQueryString": urlencode({"since": note})}
    news |= {"queryStringParameters": {"since": note}}
    asked = [page, code, *[news] * len(NEWS_AT)]
    with observed(connect.lean_table()) as seen:
        answers = [answer_of("card", event)["statusCode"] for event in asked]
    if answers != [200, 200, *[304] * len(NEWS_AT)]:
        raise RuntimeError(f"a viewing was answered {answers}")
    reads = sum(consumed(answer) for _, _, answer in seen)
    detail = f"{SECONDS} s: the page, a new code, {len(NEWS_AT)} times whether there is news"
    return [
        Result("card_viewing_read_units", reads, "units", "<= 6", detail),
        Result("card_viewing_calls", len(asked), "calls", "<= 10", detail),
    ]


def measure(shop: Shop) -> list[Result]:
    """Bytes of the page and of what it loads, as they are sent, and requests to others."""
    member = shop.enroll()
    card = shop.card_page(member)
    html, sent = _sent("card", card)
    own = {url for url in LOADED.findall(html) if not urlsplit(url).netloc}
    foreign = {url for url in LOADED.findall(html) if urlsplit(url).netloc}
    sizes = {"page": sent} | {url: _asset(url) for url in own if url.startswith("/assets/")}
    listed = ", ".join(f"{url.rsplit('/', 1)[-1]} {size / 1000:.1f}" for url, size in sizes.items())
    detail = f"KB as sent: {listed}"
    return [
        Result("card_page_kb", sum(sizes.values()) / 1000, "KB", "<= 40", detail),
        Result("card_page_foreign", len(foreign), "requests", "<= 0", "scripts, images, styles"),
    ]


def _asset(url: str) -> int:
    event = request("GET", "/assets/{name}", name=urlsplit(url).path.rsplit("/", 1)[1])
    return _sent("assets", event)[1]


def _sent(function: str, event: Event) -> tuple[str, int]:
    """The text of an answer to a browser, and the bytes in which it is sent."""
    asked = {**event, "headers": {**event.get("headers", {}), "accept-encoding": "gzip, br"}}
    body = str(answer_of(function, asked)["body"])
    packed = b64decode(body)
    return gzip.decompress(packed).decode(), len(packed)
