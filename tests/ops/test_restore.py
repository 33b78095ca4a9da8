"""A restore, rehearsed: traffic, a moment, more traffic, the end of the table, another one, on the
real functions. The engine has no point-in-time recovery: here stands a copy of the items as they
were at the moment, of whose newest transactions parts are missing, as DynamoDB may do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from typing import Any

import boto3
import pytest

from local import engine, template
from local.engine import ROOT
from regulars.core import clock, config
from regulars.store import connect, keys
from tests.aws_services import AwsServices
from tests.functional.test_till_bookings import parked
from tests.functional.tills import book, post_generic, refund, sale
from tests.ops.scripts import load
from tests.service import Merchant, Service

SCRIPT = load("restore")
CONTACT = {"email": "new@example.com"}


class Stage:
    """The service, its table as it was at a moment, and a restored table to switch to."""

    def __init__(
        self,
        service: Service,
        url: str,
        shape: template.Table,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        self.service, self.url, self._shape, self._patch = service, url, shape, monkeypatch
        self.dynamodb = boto3.client("dynamodb", endpoint_url=url)
        self.point = ""
        self.old, self.new = service.table.name, f"regulars-restored-{token_hex(8)}"

    def items(self, table: str) -> list[dict[str, Any]]:
        """All items of a table, as DynamoDB has them."""
        pages = self.dynamodb.get_paginator("scan").paginate(TableName=table)
        return [item for page in pages for item in page["Items"]]

    def restore(self, items: list[dict[str, Any]]) -> None:
        """Make the restored table of these items."""
        engine.create_table_as(self.url, engine.without_stream(self._shape), self.new)
        for item in items:
            self.dynamodb.put_item(TableName=self.new, Item=item)

    def switch(self) -> None:
        """What the deployment with `RestoredStream` does: every function uses the new table."""
        self._patch.setenv("TABLE_NAME", self.new)
        config.settings.cache_clear()
        connect.lean_table.cache_clear()
        connect.table.cache_clear()
        self.service.table = connect.table()

    def send(self, event: dict[str, Any]) -> None:
        """Put an event on the queue of orders, as `replay` does."""
        message = {"QueueUrl": self.service.queues["orders"], "MessageBody": json.dumps(event)}
        self.service.aws_services.sqs.call("SendMessage", message)


@pytest.fixture
def stage(
    service: Service,
    engine_url: str,
    ledger_table: template.Table,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Stage]:
    yield Stage(service, engine_url, ledger_table, monkeypatch)
    connect.lean_table.cache_clear()
    connect.table.cache_clear()


def key_of(item: dict[str, Any]) -> keys.Key:
    return item["PK"]["S"], item["SK"]["S"]


def torn(items: list[dict[str, Any]], gone: set[keys.Key]) -> list[dict[str, Any]]:
    """What is left of the items when these were not yet there."""
    left = [it for it in items if key_of(it) not in gone]
    assert len(left) == len(items) - len(gone), "each of them was there"
    return left


def balances(cafe: Merchant, ids: list[str]) -> dict[str, Any]:
    """What counts of each card."""
    return {it: (card["seq"], card["balances"]) for it in ids for card in [cafe.card(it)]}


def test_nothing_is_lost_that_was_acknowledged_before_the_moment(stage: Stage) -> None:
    """Every step as an operator runs it, but `begin` (below) and the deployment."""
    service = stage.service
    cafe = service.new_merchant("mug-club")
    ids = [cafe.join(name=f"Guest {n}", email=f"g{n}@example.com")["member_id"] for n in range(5)]
    for member_id in ids:
        cafe.earn(member_id, visits=1, spend_minor=1500)
    assert (
        post_generic(cafe, sale("bill-1", 2000, contact={"email": "g0@example.com"})).status == 200
    )
    assert book(service) == []

    # The moment. The newest transactions come into the restored table in parts: a state, an entry,
    # what makes a repeated order known, and almost all of a member.
    new = cafe.join(name="New", email="new-one@example.com")["member_id"]
    ids.append(new)
    before, stage.point = balances(cafe, ids), clock.now().isoformat()
    at_point = stage.items(stage.old)
    order = keys.operation(cafe.id, "order:bill-1")
    leads = {key_of(it) for it in at_point
             if it["SK"]["S"] in ("LINK", "HANDLE") and it.get("c") == {"S": new}}  # fmt: skip
    entry = keys.entry(cafe.id, ids[4], cafe.card(ids[4])["seq"])
    gone = {keys.state(cafe.id, ids[3]), entry, order, keys.profile(cafe.id, new), *leads}
    assert len(gone) == 6
    stage.restore(torn(at_point, gone))

    # More, that will be lost, or waits for somebody.
    late = cafe.join(name="Late", email="late@example.com")["member_id"]
    cafe.earn(late, visits=1, spend_minor=300)
    cafe.earn(ids[1], visits=1, spend_minor=700)
    post_generic(cafe, sale("bill-2", 900, contact=CONTACT))  # nobody's yet: it waits
    post_generic(cafe, refund("r-9", 100, order_id="bill-9"))  # of a sale that comes later
    post_generic(cafe, sale("bill-3", 900, currency="HUF", contact={"email": "g1@example.com"}))
    assert book(service) == []
    assert [len(parked(cafe, bill)) for bill in ("bill-2", "bill-9")] == [1, 1]

    # Held: tills go on, and what they say waits on the queue. One repeats an order of before.
    for bill, guest, minor in (("bill-4", 2, 1000), ("bill-9", 2, 1000), ("bill-1", 0, 2000)):
        contact = {"email": f"g{guest}@example.com"}
        assert post_generic(cafe, sale(bill, minor, contact=contact)).status == 200

    # Completed and audited before it is used: torn cards are named and repaired.
    found = step(stage, "audit", 1)
    assert wrong_in(found) >= {ids[3], ids[4]}
    fixed = step(stage, "audit", 0, "--repair")
    assert "5 items of before the moment were missing and are brought over" in fixed, fixed
    assert step(stage, "audit", 0).strip() == ""
    printed = step(stage, "figures", 0, "--each")
    assert f"{cafe.id}/{late}: the member" in printed
    assert f"{cafe.id}/{ids[1]}: entry {before[ids[1]][0] + 1} (earn)" in printed
    assert f"{cafe.id}: 3 entries (earn 2, join 1) of 2 cards, 1 members\n" in printed

    # The end of the old functions: from here on the new table is used.
    stage.switch()
    assert balances(cafe, ids) == before, "nothing is lost that was acknowledged before"
    assert cafe.call("GET", f"/v1/members/{late}").status == 404

    kept, sent = SCRIPT.carry_over(stage.dynamodb, stage.old, stage.new, stage.send)
    assert (kept, sent) == (3, 1), "a sale, a refund with its id; the one in another currency"
    assert SCRIPT.carry_over(stage.dynamodb, stage.old, stage.new, stage.send)[0] == 0
    assert book(service) == []
    after = balances(cafe, ids)
    assert {it for it in ids if after[it] != before[it]} == {ids[2]}
    points = {it: after[it][1]["point"]["available"] for it in (ids[0], ids[2])}
    assert points == {ids[0]: 35, ids[2]: 15 + 10 + 9}, "bill-1 once; bill-9 less what was refunded"
    named = cafe.call("GET", "/v1/attention").json["items"]
    assert [it["kind"] for it in named] == ["unbooked"], "it still needs a person, and is not lost"
    assert step(stage, "audit", 0).strip() == ""


def test_bringing_over_twice_changes_nothing(stage: Stage) -> None:
    """Also when the new table has gone on: an entry of the same number is not the old one."""
    cafe = stage.service.new_merchant("mug-club")
    member_id = cafe.join(email="anna@example.com")["member_id"]
    point = clock.now()
    stage.restore(stage.items(stage.old))
    cafe.earn(member_id, spend_minor=700, order_id="o-old")
    stage.switch()
    cafe.earn(member_id, spend_minor=100, order_id="o-new")
    items = stage.items(stage.new)
    assert SCRIPT.complete(stage.dynamodb, stage.old, stage.new, point) == 0
    assert stage.items(stage.new) == items
    (entry,) = SCRIPT.lost(stage.dynamodb, stage.old, stage.new, point)
    assert (entry.member, entry.kind, entry.seq) == (member_id, "earn", 2)
    answer = cafe.earn(member_id, spend_minor=700, order_id="o-old")
    assert answer["entry"]["seq"] == 3, "an order that was lost can be booked again"


@pytest.mark.parametrize(("text", "why"), [
    ("yesterday", "is no moment"),
    ("2026-11-27T10:00:00", "has no zone"),
    ("2999-01-01T00:00:00Z", "still to come"),
])  # fmt: skip
def test_a_moment_is_one_that_was(text: str, why: str) -> None:
    with pytest.raises(SCRIPT.RefusedError, match=why):
        SCRIPT.instant(text)


def step(stage: Stage, name: str, status: int, *more: str) -> str:
    """What a step prints, its audit with it; it must end with this status."""
    table = ["--table", stage.new, "--from", stage.old, "--to", stage.point]
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "restore"), name, *table, *more],
        capture_output=True, text=True, check=False, env=os.environ,
    )  # fmt: skip
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout


def wrong_in(text: str) -> set[str]:
    """The members that an audit names."""
    return {line.partition(":")[0].rpartition("/")[2] for line in text.splitlines()}


class TestBegin:
    """Over moto, which knows point-in-time recovery."""

    @pytest.fixture
    def dynamodb(self, aws_services: AwsServices) -> Any:
        return boto3.client("dynamodb", endpoint_url=aws_services.url)

    @pytest.fixture
    def source(self, dynamodb: Any, ledger_table: template.Table) -> str:
        """A table as the template has it, with an item and a tag."""
        name = f"regulars-{token_hex(8)}"
        dynamodb.create_table(TableName=name, **ledger_table.definition)
        dynamodb.update_continuous_backups(
            TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
        )
        dynamodb.put_item(TableName=name, Item={"PK": {"S": "M#m"}, "SK": {"S": "PROGRAM"}})
        arn = dynamodb.describe_table(TableName=name)["Table"]["TableArn"]
        dynamodb.tag_resource(ResourceArn=arn, Tags=[{"Key": "project", "Value": "regulars"}])
        return name

    def test_a_restored_table_gets_what_a_restore_leaves_out(
        self, dynamodb: Any, source: str
    ) -> None:
        point = datetime.now(UTC) - timedelta(seconds=1)
        for _ in range(2):  # it can be run again
            SCRIPT.restore(dynamodb, source, f"{source}-new", point)
            stream = SCRIPT.make_ready(dynamodb, source, f"{source}-new", point)
        made = dynamodb.describe_table(TableName=f"{source}-new")["Table"]
        assert made["LatestStreamArn"] == stream
        assert made["StreamSpecification"] == {
            "StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES",
        }  # fmt: skip
        live = dynamodb.describe_time_to_live(TableName=f"{source}-new")["TimeToLiveDescription"]
        assert live == {"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}
        backups = dynamodb.describe_continuous_backups(TableName=f"{source}-new")
        (recovery,) = (
            it["PointInTimeRecoveryStatus"]
            for name, it in backups["ContinuousBackupsDescription"].items()
            if name == "PointInTimeRecoveryDescription"
        )
        assert recovery == "ENABLED"
        tags = dynamodb.list_tags_of_resource(ResourceArn=made["TableArn"])["Tags"]
        assert {it["Key"]: it["Value"] for it in tags} == {
            "project": "regulars",
            SCRIPT.POINT: f"{point:%Y-%m-%dT%H:%M:%SZ}",
            SCRIPT.SOURCE: source,
        }
        found, when = SCRIPT.origin(dynamodb, "regulars", f"{source}-new", "", "")
        assert (found, when) == (source, point.replace(microsecond=0))

    def test_without_the_old_table_it_says_so(self, dynamodb: Any, source: str) -> None:
        with pytest.raises(SCRIPT.RefusedError, match="the old table gone-ledger is not there"):
            SCRIPT.origin(dynamodb, "gone", source, "", "2026-11-27T10:00:00Z")
        with pytest.raises(SCRIPT.RefusedError, match="there is no table"):
            SCRIPT.origin(dynamodb, "gone", "no-such-table", "", "")
