"""Warm stamps: how many a second one process takes, and what each costs in DynamoDB units."""

from __future__ import annotations

import statistics
import time
from typing import Any

import boto3

from bench import bare
from bench.cold import METHODS
from bench.result import Result
from bench.shop import Shop, answer_of, call, observed
from regulars.store import connect

CALLS = 150
ROUNDS = 5
READS = {"BatchGetItem", "GetItem", "Query"}


def speed(shop: Shop) -> Result:
    """Stamps per second, against the bare boto3 calls that a stamp needs."""
    members = [shop.enrol() for _ in range(CALLS // 5)]
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
    fresh = shop.enrol()
    results = _units("new member", _cost(shop, fresh, shop.key))
    regular = shop.enrol(shop.test_key)
    for _ in range(24):
        for _ in range(4):
            call("stamp", shop.stamp(regular, shop.test_key))
        forward_a_month(shop)
    return results + _units("two years", _cost(shop, regular, shop.test_key))


def forward_a_month(shop: Shop) -> None:
    """Move the clock of the sandbox."""
    from bench.shop import request

    now = call("api", request("GET", "/v1/test/clock", None, shop.test_key))["now"]
    year, month = int(now[:4]), int(now[5:7])
    later = f"{year + month // 12}-{month % 12 + 1:02}-15T10:00:00Z"
    call("api", request("POST", "/v1/test/clock", {"now": later}, shop.test_key))


def _cost(shop: Shop, member: str, key: str) -> dict[str, float]:
    """The dearest of three stamps that bring no voucher (one that does writes the voucher, too)."""
    dearest = {"write": 0.0, "read": 0.0}
    for _ in range(3):
        with observed(connect.lean_table()) as seen:
            answer = call("stamp", shop.stamp(member, key))
        if answer["unlocked"]:
            continue
        cost = {"write": 0.0, "read": 0.0}
        for operation, _, outcome in seen:
            cost["read" if operation in READS else "write"] += _consumed(outcome)
        dearest = {kind: max(dearest[kind], cost[kind]) for kind in cost}
    return dearest


def _consumed(answer: dict[str, Any]) -> float:
    consumed = answer["ConsumedCapacity"]
    parts = consumed if isinstance(consumed, list) else [consumed]
    return float(sum(part["CapacityUnits"] for part in parts))


def _units(who: str, cost: dict[str, float]) -> list[Result]:
    name = who.replace(" ", "_")
    return [
        Result(f"stamp_write_units_{name}", cost["write"], "units", "<= 7", f"{who}, no voucher"),
        Result(f"stamp_read_units_{name}", cost["read"], "units", "<= 1", f"{who}, warm or cold"),
    ]
