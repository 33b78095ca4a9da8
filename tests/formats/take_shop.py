"""Take a shop whole: what a released version leaves in its table after three weeks of everything.

It runs within the tests of that release, with its own code, as `take.py` does, and is no test of
this version:

    git worktree add ../released v0.4.0
    mkdir -p ../released/tests/formats && cp tests/formats/taking.py ../released/tests/formats
    cp tests/formats/take_shop.py ../released/tests/functional/test_take.py
    cd ../released && TAKEN=0.4.0.json.gz make test ARGS=tests/functional/test_take.py

The file goes into `tests/formats/shops`. It uses only what every release can do: one shop with a
programme that has nearly everything, members who come and go, a counter, two tills, mails, jobs
and a sandbox. What was given out is noted beside the items: links, codes, secrets.
"""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

from tests.formats.taking import answered, scanned, write
from tests.functional import tills

ORIGIN = "https://cards.example"
STAFF = {"x-regulars": "staff"}
SQUARE_KEY = "a signature key of the owner's Square"
PEOPLE: dict[str, dict[str, Any]] = {
    "anna": {"name": "Nagy Anna", "email": "anna@example.com", "birthday": "1990-01-14",
             "language": "hu", "consents": {"email": True, "leaderboard": True}},
    "ben": {"name": "Ben", "phone": "+36301234567", "consents": {"leaderboard": True}},
    "cleo": {"name": "Cleo"},
    "dora": {"email": "dora@example.com", "consents": {"email": True}},
    "emil": {"name": "Emil"},
}  # fmt: skip
POINT = {
    "id": "point", "name": {"en": {"one": "point", "other": "points"}, "hu": {"other": "pont"}},
    "kind": "points", "expiry": {"type": "months", "months": 2},
}  # fmt: skip
PROGRAM: dict[str, Any] = {
    "earn": [
        {"id": "welcome", "on": "join", "unit": "stamp", "amount": 1},
        {"id": "visit", "on": "visit", "unit": "stamp", "amount": 1},
        {"id": "spend", "on": "spend", "unit": "point", "amount": 1, "per_minor": 100},
        {"id": "review", "on": "action", "action": "review", "unit": "point", "amount": 50,
         "per_member": {"times": 1}},
        {"id": "birthday", "on": "birthday", "unit": "point", "amount": 50},
    ],
    "rewards": [
        {"id": "coffee", "name": "Free coffee", "cost": {"unit": "stamp", "amount": 5},
         "auto": True, "cost_minor": 90},
        {"id": "tasting", "name": "A tasting", "kind": "perk", "stock": 20, "valid_days": 400,
         "cost": {"unit": "point", "amount": 20}, "cost_minor": 500},
        {"id": "credit", "name": "5.00 off", "kind": "amount", "amount_minor": 500,
         "cost": {"unit": "point", "amount": 10}, "cost_minor": 500},
        {"id": "pastry", "name": "A free pastry", "cost_minor": 70},
    ],
    "tiers": [
        {"id": "guest", "name": "Guest"},
        {"id": "regular", "name": "Regular", "multiplier": "1.5", "perks": ["Oat milk"],
         "enter": [{"metric": "spend", "window": "month", "at_least": 12000}],
         "benefits": [{"id": "weekly", "reward": "pastry", "every": "week"},
                      {"id": "birthday", "reward": "pastry", "every": "birthday"}]},
        {"id": "club", "name": "Club",
         "enter": [{"metric": "membership", "period": "year", "price_minor": 15000}]},
    ],
    "campaigns": [
        {"id": "first-hundred", "on": ["join"], "bonus": {"unit": "point", "amount": 5},
         "total": 100},
        {"id": "double", "weekdays": ["sat"], "multiplier": "2"},
    ],
    "milestones": [{"id": "first", "name": "First visit", "metric": "visits", "at": 1,
                    "badge": True}],
    "raffles": [{"id": "autumn", "name": "Autumn raffle", "from": "2026-11-22",
                 "until": "2026-11-30", "reward": "pastry", "winners": 1}],
    "leaderboards": [{"id": "visits", "name": "Most visits", "metric": "visits",
                      "window": "month"}],
    "surprises": [{"id": "warm", "name": "For a hard day", "reward": "pastry", "by": "staff",
                   "budget": {"amount_minor": 700, "window": "month"}}],
    "referral": {"friend": {"unit": "point", "amount": 5}, "referrer": {"reward": "pastry"},
                 "min_spend_minor": 500},
}  # fmt: skip


def test_take(service: Any, frozen: Any) -> None:
    """One shop, three weeks, and its sandbox."""
    shop = service.new_merchant()
    publish(shop)
    shop.staff_cookies()  # the first link is not good for ever
    given: dict[str, Any] = {"created": shop.created, "square_key": SQUARE_KEY}
    ids = {who: shop.join(**about)["member_id"] for who, about in PEOPLE.items()}
    ids["fred"] = shop.join(name="Fred", referred_by=ids["anna"])["member_id"]
    given["joined_by_page"] = joined_by_page(shop)
    three_weeks(shop, frozen, ids)
    given |= at_the_counter(shop, ids) | rewards(shop, ids) | at_the_tills(shop)
    in_the_sandbox(shop)
    for one in ids.values():
        service.deliver_entries(shop.id, one)
    service.deliver("messages", "notify")
    for job in ("expiry", "tiers", "reminders", "digest"):
        service.run_job(job)
    service.deliver("messages", "notify")
    given["mailed"] = mailed(service)
    given["raffle"] = shop.call("GET", "/v1/raffles/autumn").json
    given["board"] = shop.call("GET", "/v1/leaderboards/visits").json
    given["members"] = {who: answered(shop, one) for who, one in ids.items()}
    items = scanned(service.table)
    taken = {"now": frozen.now.isoformat(), "given": given, "items": items}
    write(taken)


def publish(shop: Any) -> None:
    """The template's programme with nearly everything."""
    for test in (False, True):
        known = shop.call("GET", "/v1/program", test=test).json
        stamp = next(unit for unit in known["program"]["units"] if unit["id"] == "stamp")
        document = {**known["program"], **PROGRAM, "units": [stamp, POINT]}
        reply = shop.call(
            "PUT", "/v1/program", document, test=test, headers={"if-match": str(known["version"])}
        )
        assert reply.status == 200, reply.text


def joined_by_page(shop: Any) -> str:
    """The link of the card of somebody who joined on the page."""
    form = {"once": "once0001", "name": "Gita", "email": "gita@example.com", "consent_email": "1"}
    path = f"/j/{shop.created['slug']}"
    reply = shop.service.request("POST", path, form=form, acting_as=shop.id)
    assert reply.status == 303, reply.text
    members = shop.call("GET", "/v1/members", query={"limit": "100"}).json["items"]
    (link,) = [one["card_url"] for one in members if one["name"] == "Gita"]
    return str(link)


def three_weeks(shop: Any, clock: Any, ids: dict[str, str]) -> None:
    """Sales of each day, whole and partial refunds, the jobs of each night."""
    for day in range(21):
        clock.now += timedelta(days=1, seconds=7)
        for number, who in enumerate(("anna", "ben", "cleo", "fred")[: 4 if day < 6 else 2]):
            body = {"spend_minor": 1100 + 450 * number, "visits": 1, "order_id": f"{who}-{day}"}
            shop.earn(ids[who], **body)
        for job in ("expiry", "tiers"):
            shop.service.run_job(job)
        if day % 7 == 0:
            for job in ("reminders", "digest"):
                shop.service.run_job(job)
    refund(shop, "r-part", "anna-3", amount_minor=500)
    refund(shop, "r-whole", "ben-1")
    refund(shop, "r-waits", "not-yet")


def refund(shop: Any, refund_id: str, order_id: str, **part: int) -> None:
    body: dict[str, Any] = {"refund_id": refund_id, "order_id": order_id, **part}
    assert shop.call("POST", "/v1/refunds", body).status in {200, 202}


def at_the_counter(shop: Any, ids: dict[str, str]) -> dict[str, Any]:
    """A device that is signed in, a stamp, a gift, an undo."""
    cookies = shop.staff_cookies()

    def post(path: str, key: str, **body: Any) -> Any:
        reply = shop.service.request(
            "POST", path, body=body, cookies=cookies, acting_as=shop.id,
            headers={**STAFF, "idempotency-key": key},
        )  # fmt: skip
        assert reply.status == 200, reply.text
        return reply.json

    post("/v1/earn", "counter-1", member_id=ids["emil"])
    wrong = post("/v1/earn", "counter-2", member_id=ids["dora"], visits=2)
    post("/staff/api/undo", "counter-3", member_id=ids["dora"], seq=wrong["card"]["seq"])
    post("/v1/gifts", "counter-4", member_id=ids["cleo"], surprise="warm")
    return {"cookies": cookies}


def rewards(shop: Any, ids: dict[str, str]) -> dict[str, Any]:
    """Vouchers that are open, redeemed and given back; a tier that was paid; an action."""
    shop.call("POST", "/v1/actions", {"member_id": ids["ben"], "action": "review"})
    reply = shop.call("POST", f"/v1/members/{ids['ben']}/tier",
                      {"tier": "club", "by": "membership", "until": "2027-12-31"})  # fmt: skip
    assert reply.status == 200, reply.text
    taken = []
    for reward in ("tasting", "credit", "credit"):
        body = {"member_id": ids["anna"], "reward_id": reward}
        reply = shop.call("POST", "/v1/vouchers", body)
        assert reply.status == 201, reply.text
        taken.append(reply.json["code"])
    used = shop.call("POST", f"/v1/vouchers/{taken[1]}/redeem", {"order_id": "anna-20"})
    assert used.status == 200, used.text
    assert shop.call("POST", f"/v1/vouchers/{taken[2]}/cancel", {}).status == 200
    more = {"member_id": ids["emil"], "unit": "stamp", "amount": 2, "reason": "a paper card"}
    assert shop.call("POST", "/v1/adjust", more).status == 200
    return {"open": taken[0], "redeemed": taken[1], "cancelled": taken[2]}


def at_the_tills(shop: Any) -> dict[str, Any]:
    """Signed sales of both tills: of members, and of somebody who is none yet."""
    known = tills.sale("till-1", 2300, contact={"email": "anna@example.com"})
    unknown = tills.sale("till-2", 1700, contact={"email": "later@example.com"})
    for event in (known, unknown):
        assert tills.post_generic(shop, event).status == 200
    hook = {"secret": SQUARE_KEY, "account": "SELLER"}
    assert shop.call("PUT", "/v1/hooks/square", hook).status == 200
    shop.service.deliver("orders", "orders")
    return {"waits_for": "later@example.com"}


def in_the_sandbox(shop: Any) -> None:
    """A member of the sandbox, whose clock is a month ahead."""
    member_id = shop.join(test=True, name="Test", email="t@example.com")["member_id"]
    shop.earn(member_id, test=True, visits=3, spend_minor=2500, order_id="s-1")
    assert shop.call("POST", "/v1/test/clock", {"advance": "P20D"}, test=True).status == 200


def mailed(service: Any) -> list[str]:
    """The links to unsubscribe of all mails that left."""
    aws = next(one for one in vars(service).values() if hasattr(one, "mails"))
    text = json.dumps(aws.mails())
    return sorted(set(re.findall(r"/u/[\w.~-]+", text)))
