"""Warm stamps: how many a second one process takes, and what each costs in DynamoDB units."""

from __future__ import annotations

import statistics
import time
from typing import Any

import boto3

from bench import bare
from bench.cold import METHODS
from bench.result import Result
from bench.shop import Shop, answer_of, call, observed, request
from regulars.store import connect

CALLS = 150
ROUNDS = 5
READS = {"BatchGetItem", "GetItem", "Query"}


def speed(shop: Shop) -> Result:
    """Stamps per second, against the bare boto3 calls that a stamp needs."""
    members = [shop.enroll() for _ in range(CALLS // 5)]
    call("stamp", shop.stamp(members[0]))
    with observed(connect.lean_table()) as seen:
        call("stamp", shop.stamp(members[0]))
    calls = bare.plain([(name, params) for name, params, _ in seen])
    client = boto3.client("dynamodb")
    ours, theirs = [], []
    for _ in range(ROUNDS):
        events = [shop.stamp(members[number % len(members)]) for number in range(CALLS)]
        started = time.perf_counter()
        for event in events:
            answer_of("stamp", event)
        ours.append(CALLS / (time.perf_counter() - started))
        repeated = [bare.with_bytes(bare.again(calls)) for _ in range(CALLS)]
        started = time.perf_counter()
        for each in repeated:
            for name, params in each:
                getattr(client, METHODS[name])(**params)
        theirs.append(CALLS / (time.perf_counter() - started))
    mine, bare_rate = statistics.median(ours), statistics.median(theirs)
    names = " + ".join(name for name, _ in calls)
    detail = f"{mine:.0f} stamps/s against {bare_rate:.0f}/s for boto3 with {names}"
    return Result("warm_stamp_ratio", mine / bare_rate, "x bare boto3", ">= 1.3", detail)


def units(shop: Shop) -> list[Result]:
    """Write and read units of one stamp: of a new member, and after two years of visits."""
    fresh = _costs(shop, shop.enroll(), None)
    regular = shop.enroll(shop.test_key)
    for _ in range(24):
        for _ in range(4):
            answer = call("stamp", shop.stamp(regular, shop.test_key))
            for voucher in answer["unlocked"]:
                call("redeem", shop.redeem(voucher["code"], shop.test_key))
        forward_a_month(shop)
    aged = _costs(shop, regular, shop.test_key)
    # The reads of the second are not compared: a sandbox reads its clock as well.
    return [
        _result("stamp_write_units", fresh["write"], "<= 7", "new member"),
        _result("stamp_write_units_two_years", aged["write"], "<= 7", "after two years of visits"),
        # One more than by a key: what the person has booked that day is read with the session.
        _result("stamp_read_units", fresh["read"], "<= 2", "new member, at the counter"),
        _result("stamp_round_trips", fresh["calls"], "<= 2", "one read, one write"),
    ]


def forward_a_month(shop: Shop) -> None:
    """Move the clock of the sandbox."""
    now = call("api", request("GET", "/v1/test/clock", None, shop.test_key))["now"]
    year, month = int(now[:4]), int(now[5:7])
    later = f"{year + month // 12}-{month % 12 + 1:02}-15T10:00:00Z"
    call("api", request("POST", "/v1/test/clock", {"now": later}, shop.test_key))


def _costs(shop: Shop, member: str, key: str | None) -> dict[str, list[float]]:
    """What each of five stamps cost that brought no voucher (one that does writes it, too)."""
    costs: dict[str, list[float]] = {"write": [], "read": [], "calls": []}
    while len(costs["write"]) < 5:
        with observed(connect.lean_table()) as seen:
            answer = call("stamp", shop.stamp(member, key))
        if answer["unlocked"]:
            continue
        reads = [consumed(it) for name, _, it in seen if name in READS]
        writes = [consumed(it) for name, _, it in seen if name not in READS]
        costs["read"].append(sum(reads))
        costs["write"].append(sum(writes))
        costs["calls"].append(len(seen))
    return costs


def consumed(answer: dict[str, Any]) -> float:
    """The units one call consumed."""
    consumed = answer["ConsumedCapacity"]
    parts = consumed if isinstance(consumed, list) else [consumed]
    return float(sum(part["CapacityUnits"] for part in parts))


def _result(name: str, costs: list[float], budget: str, who: str) -> Result:
    """The plain stamp is the common one; one in a while also moves a due date."""
    detail = f"{who}; the dearest of {len(costs)} took {max(costs):g}"
    return Result(name, statistics.median(costs), "units", budget, detail)
