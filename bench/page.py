"""The card page as a phone gets it: how much of it, and from whom."""

from __future__ import annotations

import gzip
import re
from urllib.parse import urlsplit

from bench.result import Result
from bench.shop import Shop, answer_of, request

LOADED = re.compile(r'<(?:script|img|link|source|iframe)[^>]*?(?:src|href)="([^"#]+)"')


def measure(shop: Shop) -> list[Result]:
    """Bytes of the page and of what it loads, as they are sent, and requests to others."""
    member = shop.enroll()
    card = shop.card_page(member)
    html = str(answer_of("card", card)["body"])
    own = {url for url in LOADED.findall(html) if not urlsplit(url).netloc}
    foreign = {url for url in LOADED.findall(html) if urlsplit(url).netloc}
    parts = {"page": html} | {url: _asset(url) for url in own if url.startswith("/assets/")}
    sent = {name: len(text.encode()) for name, text in parts.items()}
    packed = sum(len(gzip.compress(text.encode())) for text in parts.values())
    listed = ", ".join(
        f"{name.rsplit('/', 1)[-1]} {size / 1000:.1f}" for name, size in sent.items()
    )
    detail = f"KB as sent: {listed}; gzip would make it {packed / 1000:.1f}"
    return [
        Result("card_page_kb", sum(sent.values()) / 1000, "KB", "<= 40", detail),
        Result("card_page_foreign", len(foreign), "requests", "<= 0", "scripts, images, styles"),
    ]


def _asset(url: str) -> str:
    event = request("GET", "/assets/{name}", name=urlsplit(url).path.rsplit("/", 1)[1])
    return str(answer_of("assets", event)["body"])
