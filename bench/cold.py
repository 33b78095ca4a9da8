"""Cold starts: a fresh process, from its first line to the first answer, the engine on loopback."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import bare
from bench.result import Result
from bench.shop import Event, Shop, answer_of, observed, request
from regulars.store import connect

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 15

OURS = """
import time; started = time.perf_counter()
import json, sys
asked = json.load(sys.stdin)
sys.path[:0] = asked["path"]
from app import lambda_handler
class Context:
    aws_request_id = function_name = function_version = invoked_function_arn = "bench"
    memory_limit_in_mb = 512
answer = lambda_handler(asked["event"], Context)
took = time.perf_counter() - started
assert answer["statusCode"] < 300, answer
print(took)
"""

BARE = """
import time; started = time.perf_counter()
import json, sys
asked = json.load(sys.stdin)
import boto3
client = boto3.client("dynamodb")
for method, params in asked["calls"]:
    getattr(client, method)(**params)
if asked["queue"]:
    boto3.client("sqs").send_message(QueueUrl=asked["queue"], MessageBody="{}")
print(time.perf_counter() - started)
"""

METHODS = {
    "BatchGetItem": "batch_get_item",
    "GetItem": "get_item",
    "PutItem": "put_item",
    "Query": "query",
    "TransactWriteItems": "transact_write_items",
}


def measure(shop: Shop, queue: str) -> list[Result]:
    """Each function against the bare script that makes its calls, round by round."""
    member = shop.enroll()
    codes = iter([shop.voucher(shop.enroll()) for _ in range(ROUNDS + 2)])
    join = request("GET", "/j/{slug}", slug=shop.slug)
    card = shop.card_page(member)
    return [
        _compared("stamp", lambda: shop.stamp(member), "<= 0.5"),
        _compared("redeem", lambda: shop.redeem(next(codes)), "<= 0.5"),
        _compared("hooks", shop.sale, "<= 0.5", queue),
        _compared("join", lambda: join, "<= 0.8"),
        _compared("card", lambda: card, "<= 0.8"),
    ]


def _compared(function: str, make: Callable[[], Event], budget: str, queue: str = "") -> Result:
    """One function against the bare script; `queue` is where the script sends a message, too."""
    with observed(connect.lean_table()) as seen:
        answer = answer_of(function, make())
    if answer["statusCode"] >= 300:
        raise RuntimeError(f"{function}: {answer}")
    calls = bare.plain([(name, params) for name, params, _ in seen])
    path = [str(ROOT / "functions" / function), str(ROOT / "shared")]
    _fresh(OURS, {"path": path, "event": make()})  # leaves byte code behind
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(_fresh(OURS, {"path": path, "event": make()}))
        repeated = [[METHODS[name], params] for name, params in bare.again(calls)]
        theirs.append(_fresh(BARE, {"calls": repeated, "queue": queue}))
    mine, bare_ms = statistics.median(ours) * 1000, statistics.median(theirs) * 1000
    names = " + ".join(name for name, _ in calls) + (" + SendMessage" if queue else "")
    detail = f"{mine:.0f} ms against {bare_ms:.0f} ms for boto3 with {names}"
    return Result(f"cold_{function}_ratio", mine / bare_ms, "x bare boto3", budget, detail)


def _fresh(program: str, asked: dict[str, Any]) -> float:
    """Seconds that a program says it took, in an interpreter of its own."""
    done = subprocess.run(
        [sys.executable, "-I", "-c", program],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return float(done.stdout.splitlines()[-1])
