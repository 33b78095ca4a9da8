"""How long each page of the console takes where there are many members.

    python -m bench.console [how many]

The budget is 300 ms, the median on loopback, with 100,000 members. What is asked for is found in
the console's own routes, so that no page is left out.
"""

from __future__ import annotations

import re
import statistics
import sys
import time
from base64 import b64decode

from bench.members import MOST_MS, fill
from bench.shop import Event, Shop, answer_of, call, opened, request
from regulars.core import tokens
from regulars.http.protocol import Request
from regulars.pages.console import areas
from regulars.pages.console.sign_in import signing
from regulars.program.shop import load_shop
from regulars.store import connect, sign_ins

RUNS = 9
STAMPED = 12
"""Members who came today, each with some entries."""

NOT_PAGES = re.compile(r"/(export|sign-in|set-up|hand-over)|/members/import/")
"""Files, what is shown to nobody who is signed in, and what needs a file to be there."""


def main() -> int:
    """Fill a shop, open each page as its owner, print the medians; 1 when one takes too long."""
    members = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with opened() as shop:
        merchant_id = str(shop.created["merchant_id"])
        fill(load_shop(connect.table(), merchant_id), members)
        one = _came(shop)
        cookies = _owner(merchant_id)
        slowest = 0.0
        for path in _paths(one):
            ms, sent = _opened(path, cookies)
            slowest = max(slowest, ms)
            print(f"{ms:8.1f} ms {sent / 1000:7.1f} KB  {path}")
    return 0 if slowest <= MOST_MS else 1


def _came(shop: Shop) -> str:
    """Have some members come; returns one of them, with thirty entries."""
    here = [shop.enroll() for _ in range(STAMPED)]
    for member_id in here:
        call("stamp", shop.stamp(member_id))
    for _ in range(29):
        call("stamp", shop.stamp(here[0]))
    return here[0]


def _owner(merchant_id: str) -> list[str]:
    """The cookies of the owner, signed in on a browser of their own."""
    (found,) = sign_ins.owners(connect.table(), tokens.mailbox_digest("owner@example.com"))
    assert found[0] == merchant_id
    asked = Request(request("GET", "/console/"))
    return [one.partition(";")[0] for one in signing.sign_in_as(asked, *found).cookies]


def _paths(member_id: str) -> list[str]:
    """Every page that can be opened, and the members' lists as they are narrowed."""
    filled = {
        "/members/{id}": f"/members/{member_id}", "{part}": "rewards", "{n}": "1",
        "{provider}": "square", "{step}": "look",
    }  # fmt: skip
    paths = []
    for route in areas.routes():
        method, path = route.split(" ")
        if method != "GET" or NOT_PAGES.search(path):
            continue
        for name, value in filled.items():
            path = path.replace(name, value)
        if "{" not in path:
            paths.append(path)
    lists = (
        "q=kov%C3%A1cs",
        "q=1234",
        "segment=at_risk",
        "tier=regular",
        "segment=lapsed&tier=regular",
    )
    return [*paths, *(f"/console/members?{query}" for query in lists)]


def _opened(path: str, cookies: list[str]) -> tuple[float, int]:
    """Open a page several times, the first not counted: the median in ms, and the bytes sent."""
    path_alone, _, query = path.partition("?")
    event: Event = {
        **request("GET", path_alone), "rawQueryString": query, "cookies": cookies,
        "routeKey": "GET /console/{page+}",
    }  # fmt: skip
    if path in {"/console", "/console/"}:
        event["routeKey"] = f"GET {path}"
    event["headers"] |= {"accept": "text/html", "accept-encoding": "gzip"}
    times, sent = [], 0
    for _ in range(RUNS + 1):
        started = time.perf_counter()
        answer = answer_of("console", event)
        times.append((time.perf_counter() - started) * 1000)
        if answer["statusCode"] not in {200, 303}:
            raise RuntimeError(f"{path}: {answer['statusCode']} {answer.get('body')}")
        body = str(answer.get("body") or "")
        sent = len(b64decode(body) if answer.get("isBase64Encoded") else body.encode())
    return statistics.median(times[1:]), sent


if __name__ == "__main__":
    sys.exit(main())
