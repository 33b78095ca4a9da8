"""Starting, stopping, being killed, and what is left afterwards."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local import engine, template
from local.aws import Client
from local.schedules import Clock
from local.sweep import sweep
from local.template import Schedule
from local.workers import FunctionError
from tests.local.conftest import TOY, RunningStack, alive, wait_for

Start = Callable[..., RunningStack]


def get_item(stack: RunningStack, key: str) -> dict[str, Any]:
    request = {"TableName": "regulars-ledger", "Key": {"PK": {"S": "shop"}, "SK": {"S": key}}}
    item: dict[str, Any] = stack.client("dynamodb").call("GetItem", request).get("Item", {})
    return item


def test_sigterm_and_kill_leave_no_process_and_lose_no_data(start: Start) -> None:
    first = start()
    first.put("ENTRY#1")
    wait_for(lambda: first.seen("processed"), "the first record")
    before = first.children()
    assert len(before) >= 4  # engine, stand-ins, echo, outbox
    assert first.stop(signal.SIGTERM) == 0
    assert not any(alive(pid) for pid in before)

    second = start()
    assert get_item(second, "ENTRY#1")
    second.put("ENTRY#2")
    wait_for(lambda: "ENTRY#2" in second.seen("processed"), "the second record")
    second.send("ScheduleDeadLetters", "still here")
    before = second.children()
    second.stop(signal.SIGKILL)
    wait_for(lambda: not any(alive(pid) for pid in before), "the children to go")

    third = start()
    assert get_item(third, "ENTRY#2")
    assert [it["Body"] for it in third.receive("ScheduleDeadLetters")] == ["still here"]
    # What was processed before is not processed again.
    assert third.seen("processed") == ["ENTRY#1", "ENTRY#2"]


def test_it_ends_with_the_make_that_started_it(toy: Path) -> None:
    environment = os.environ | {
        "TEMPLATE": str(toy / "template.yaml"),
        "STATE_DIR": str(toy / "state"),
        "PORT": "0",
        "DEMO": "0",
        "STOP_WITH_PARENT": "1",
    }
    shell = subprocess.Popen(
        ["sh", "-c", f"'{sys.executable}' -m local & wait"],
        cwd=engine.ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    lock = toy / "state" / "lock"
    wait_for((toy / "state" / "access.json").exists, "the start")
    pid = int(lock.read_text())
    shell.kill()
    shell.wait()
    wait_for(lambda: not alive(pid), "the stack to go")


@pytest.mark.long
def test_secrets_are_kept_and_private(start: Start) -> None:
    first = start()
    ring = key_ring(first)
    assert first.access["demo"] is None
    assert first.access["base_url"] == first.address
    assert first.access["platform_key"].startswith("rk_platform_")
    for name in ("access.json", "secrets.json", "control.json"):
        assert (first.state / name).stat().st_mode & 0o777 == 0o600
    first.stop()
    assert not (first.state / "control.json").exists()
    assert key_ring(start(BASE_URL="https://shop.example/")) == ring


@pytest.mark.long
def test_the_secret_of_a_folder_of_before_becomes_the_first_key(start: Start, toy: Path) -> None:
    """What was made with it goes on: links on phones, contacts, the tills' secrets."""
    (toy / "state").mkdir()
    before = {"secret": "of a folder of before, long enough", "platform_key": "rk_platform_1"}
    (toy / "state" / "secrets.json").write_text(json.dumps(before))
    stack = start()
    ring = key_ring(stack)
    assert ring["keys"] == {ring["base"]: before["secret"]}
    assert (stack.access["platform_key"], ring["current"]) == ("rk_platform_1", ring["base"])


def key_ring(stack: RunningStack) -> dict[str, Any]:
    """What a function reads; nothing of it is in an environment."""
    name = stack.environment()["RING_PARAMETER"]
    found = stack.client("ssm").call("GetParameter", {"Name": name, "WithDecryption": True})
    ring: dict[str, Any] = json.loads(found["Parameter"]["Value"])
    assert not [text for text in ring["keys"].values() if text in str(stack.environment())]
    return ring


@pytest.mark.long
def test_the_demo_is_made_once_and_follows_the_address(start: Start) -> None:
    first = start(DEMO="1")
    shop = first.access["demo"]
    assert {
        "slug": "corner-cafe",
        "merchant_id": "m1",
        "api_key": "rk_live_1",
        "test_api_key": "rk_test_1",
        "join_url": f"{first.address}/j/corner-cafe",
        "card_url": f"{first.address}/c/token",
        "staff_url": f"{first.address}/staff/token",
        "console_url": f"{first.address}/console/",
    }.items() <= shop.items()
    assert any("█" in line or "▄" in line for line in first.output)  # the code to scan
    assert f"join    {shop['join_url']}" in first.output
    first.stop()

    second = start(DEMO="1", BASE_URL="http://192.0.2.7:8000")
    assert second.access["demo"]["join_url"] == "http://192.0.2.7:8000/j/corner-cafe"
    assert second.access["demo"]["staff_url"] == "http://192.0.2.7:8000/staff/other"
    made = ["/v1/merchants", "/v1/merchant", "/v1/merchant", "/v1/members"]
    asked = ["/v1/staff", "/v1/staff/s1/devices"]
    assert [path for path, _ in second.seen("demo")] == [*made, *asked]


@pytest.mark.long
def test_a_demo_that_cannot_be_made_stops_the_start(start: Start, toy: Path) -> None:
    (toy / "functions" / "api" / "app.py").write_text("broken =")
    stack = start(DEMO="1")
    assert stack.process.wait(15) == 1
    assert "the demo merchant: POST /v1/merchants answered 500" in stack.errors
    assert "ready" not in "".join(stack.output)


def test_a_second_copy_in_the_same_folder_is_refused(start: Start) -> None:
    first = start()
    second = start()
    assert second.process.wait(10) == 1
    assert f"a stack already runs here (process {first.process.pid})" in second.errors
    assert first.get_json("/echo/x")


@pytest.mark.long
def test_two_copies_in_two_folders_do_not_meet(start: Start, tmp_path: Path) -> None:
    one = start()
    other = start(Path(shutil.copytree(TOY, tmp_path / "other")))
    one.put("ENTRY#mine")
    wait_for(lambda: one.seen("processed"), "the record")
    assert not get_item(other, "ENTRY#mine")
    assert not other.seen("processed")


def test_a_taken_port_is_named_in_one_line(start: Start) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        stack = start(PORT=str(port))
        assert stack.process.wait(10) == 1
    line = stack.errors.strip()
    assert f"port {port}" in line
    assert "PORT=0" in line
    assert "\n" not in line


def test_an_edit_is_served_by_the_next_call(start: Start) -> None:
    stack = start()
    assert (
        stack.get_json("/moods/text?") if False else stack.request("GET", "/moods/text")[0] == 200
    )
    app = stack.root / "functions" / "moods" / "app.py"
    app.write_text(app.read_text().replace("just text", "new text"))

    def served() -> bool:
        return stack.request("GET", "/moods/text")[2] == b"new text"

    wait_for(served, "the new text", timeout_s=5)


@pytest.mark.long
def test_memory_keeps_nothing(start: Start) -> None:
    first = start(DATA="memory")
    first.put("ENTRY#1")
    first.stop()
    assert not list((first.state / "memory").glob("*.json"))
    assert not get_item(start(DATA="memory"), "ENTRY#1")


def test_the_sweep_deletes_what_has_expired_and_nothing_else() -> None:
    with engine.running() as endpoint:
        engine.create_table(endpoint, template_path=TOY / "template.yaml")
        dynamodb = Client("dynamodb", endpoint)
        now = int(time.time())
        for index in range(450):
            item: dict[str, Any] = {"PK": {"S": f"p{index % 7}"}, "SK": {"S": str(index)}}
            if index % 3:
                item["ttl"] = {"N": str(now - 60 if index % 3 == 1 else now + 3600)}
            dynamodb.call("PutItem", {"TableName": engine.TABLE, "Item": item})
        assert sweep(dynamodb, engine.TABLE, "ttl", threading.Event()) == 150
        left = dynamodb.call("Scan", {"TableName": engine.TABLE, "Select": "COUNT"})
        assert left["Count"] == 300


def test_an_engine_keeps_its_data_in_its_folder(tmp_path: Path) -> None:
    for expected in (0, 1):
        with engine.running(tmp_path / "data") as endpoint:
            engine.create_table(endpoint, "another-ledger", TOY / "template.yaml")
            dynamodb = Client("dynamodb", endpoint)
            found = dynamodb.call("Scan", {"TableName": "another-ledger", "Select": "COUNT"})
            assert found["Count"] == expected
            item = {"PK": {"S": "a"}, "SK": {"S": "b"}}
            dynamodb.call("PutItem", {"TableName": "another-ledger", "Item": item})


def test_a_run_that_keeps_failing_ends_in_the_dead_letter_queue() -> None:
    letters: list[tuple[str, dict[str, Any]]] = []
    calls: list[Any] = []

    def broken(event: Any) -> Any:
        calls.append(event)
        raise FunctionError("RuntimeError", "broken")

    schedule = Schedule("Job.Hour", "Job", "rate(1 hour)", max_retries=2, dead_letter_queue="Dead")
    clock = Clock([schedule], {"Job": broken}, lambda *it: letters.append(it), None)

    assert clock.fire(schedule, threading.Event()) is False
    assert len(calls) == 3
    ((queue, letter),) = letters
    assert queue == "Dead"
    assert json.loads(letter["MessageBody"]) == calls[-1]
    assert letter["MessageAttributes"]["ERROR_MESSAGE"]["StringValue"] == "RuntimeError: broken"


def test_a_missed_run_happens_after_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local.schedules._CATCH_UP_S", 0.05)
    calls: list[Any] = []
    memory = tmp_path / "schedules.json"
    memory.write_text(json.dumps({"Job.Hour": time.time() - 7200}))
    schedule = Schedule("Job.Hour", "Job", "rate(1 hour)")
    clock = Clock([schedule], {"Job": calls.append}, lambda *_: None, memory)
    stopping = threading.Event()
    runner = threading.Thread(target=clock.run, args=(stopping,))
    runner.start()
    wait_for(lambda: calls, "the missed run", timeout_s=8)
    stopping.set()
    runner.join()
    assert len(calls) == 1


def test_the_template_of_the_product_is_understood() -> None:
    product = template.load(engine.ROOT / "template.yaml", {"MailFrom": "a@example.com"})
    assert {source.function for source in product.stream_sources} >= {"OutboxFunction"}
    assert all(function.code.parent.name == "functions" for function in product.functions.values())
    assert all(
        queue.dead_letter_queue == "" or queue.max_receive_count
        for queue in product.queues.values()
    )
    assert os.fspath(product.table.name) == engine.TABLE
