"""Each day's digest of all heads: the same however late it is made, and proved for every card."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from regulars.domain import merkle
from regulars.jobs import roots as job
from regulars.jobs import schedules
from regulars.program.shop import Shop
from regulars.store import keys
from tests.conftest import Clock
from tests.functional.test_exported_ledger import SCRIPT, exported
from tests.functional.test_jobs import catch_up
from tests.functional.test_sandbox import moved
from tests.service import Merchant, Service


@pytest.fixture
def sandbox(service: Service, frozen: Clock) -> Merchant:
    frozen.now = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
    return service.new_merchant().without_digest()


@pytest.fixture(params=[2, 256])
def paged(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Small pages have many levels."""
    monkeypatch.setattr(merkle, "PAGE", request.param)
    return int(request.param)


def listed(cafe: Merchant, **query: str) -> list[dict[str, Any]]:
    reply = cafe.call("GET", "/v1/ledger/roots", test=True, query=query)
    assert reply.status == 200, reply.text
    items: list[dict[str, Any]] = reply.json["items"]
    return items


def proof(cafe: Merchant, member_id: str, **query: str) -> dict[str, Any]:
    reply = cafe.call("GET", f"/v1/members/{member_id}/proof", test=True, query=query)
    assert reply.status == 200, reply.text
    found: dict[str, Any] = reply.json
    return found


def reached(found: dict[str, Any]) -> str:
    """The root that a proof leads to, computed from its words alone."""
    at = sha256(f"\0{found['member_id']} {found['seq']} {found['head']}".encode()).digest()
    for step in found["path"]:
        other = bytes.fromhex(step["hash"])
        pair = other + at if step["side"] == "left" else at + other
        at = sha256(b"\1" + pair).digest()
    return at.hex()


@pytest.mark.parametrize("members", [1, 5])
def test_every_card_is_proved_on_every_day(sandbox: Merchant, paged: int, members: int) -> None:
    ids = [sandbox.join(test=True)["member_id"] for _ in range(members)]
    moved(sandbox, advance="P1D")
    sandbox.earn(ids[0], test=True)
    moved(sandbox, advance="P3D")
    days = listed(sandbox)
    assert [it["day"] for it in days] == [
        "2026-11-21", "2026-11-20", "2026-11-19", "2026-11-18",
    ]  # fmt: skip
    assert {it["cards"] for it in days} == {members}
    assert days[0]["root"] == days[1]["root"] == days[2]["root"] != days[3]["root"]
    for day in days:
        for member_id in ids:
            found = proof(sandbox, member_id, day=day["day"])
            assert reached(found) == found["root"] == day["root"]
            seq = 2 if member_id == ids[0] and day["day"] > "2026-11-18" else 1
            assert found["seq"] == seq
    assert proof(sandbox, ids[0])["day"] == "2026-11-21"


def test_a_late_run_in_pieces_comes_to_the_root_of_that_day(
    sandbox: Merchant, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The job was away for four days, and then is stopped after every second card."""
    monkeypatch.setattr(merkle, "PAGE", 4)
    ids = [sandbox.join(test=True)["member_id"] for _ in range(9)]
    moved(sandbox, advance="P1D")
    sandbox.earn(ids[3], test=True)
    heads = [
        (one, entry["seq"], entry["hash"]) for one in sorted(ids) for entry in entries(sandbox, one)
    ]
    mark = keys.due_mark(sandbox.sandbox_id, keys.MERCHANT_LEVEL, "roots")
    service.table.put({"PK": mark[0], "SK": mark[1]})
    moved(sandbox, advance="P4D")
    for member_id in ids:
        for _ in range(21):
            sandbox.earn(member_id, test=True)
    sandbox.join(test=True)
    monkeypatch.setattr(job, "TIME_S", -1)
    due = {"GSI1PK": keys.sandbox_due(sandbox.sandbox_id), "hour": "2026-11-23T10"}
    service.table.put({"PK": mark[0], "SK": mark[1], **due, "GSI1SK": "2026-11-23T10#-#roots"})
    steps: list[bool] = []

    def counted(shop: Shop, subject: str) -> bool:
        steps.append(job.digest_heads(shop, subject))
        return steps[-1]

    monkeypatch.setitem(schedules.JOBS, "roots", counted)
    moved(sandbox, advance="P1D")
    assert 5 < sum(steps) < 30
    days = {it["day"]: it for it in listed(sandbox)}
    assert sorted(days)[:6] == [f"2026-11-{day}" for day in range(18, 24)]
    hashes = [merkle.leaf(*head) for head in heads]
    while len(hashes) > 1:
        hashes = [merkle.root(hashes[at : at + 4]) for at in range(0, len(hashes), 4)]
    for day in ("2026-11-19", "2026-11-22"):
        assert (days[day]["root"], days[day]["cards"]) == (hashes[0].hex(), 9)
    assert days["2026-11-23"]["cards"] == 10
    assert proof(sandbox, ids[3], day="2026-11-22")["seq"] == 2


def entries(cafe: Merchant, member_id: str) -> list[dict[str, Any]]:
    """The newest entry of a card."""
    query = {"limit": "1"}
    page = cafe.call("GET", f"/v1/members/{member_id}/entries", test=True, query=query).json
    items: list[dict[str, Any]] = page["items"]
    return items


def test_a_rewritten_past_shows(sandbox: Merchant, service: Service) -> None:
    member_id = sandbox.join(test=True)["member_id"]
    sandbox.join(test=True)
    moved(sandbox, advance="P1D")
    (entry,) = service.table.get(keys.entry(sandbox.sandbox_id, member_id, 1))
    (state,) = service.table.get(keys.state(sandbox.sandbox_id, member_id))
    assert entry is not None
    assert state is not None
    text = entry["e"].replace('"src":"api"', '"src":"job"')
    forged = sha256(f"\n{text}".encode()).hexdigest()
    service.table.put({**entry, "e": text, "hash": forged})
    service.table.put({**state, "s": state["s"].replace(entry["hash"], forged)})
    assert sandbox.call("GET", f"/v1/members/{member_id}/verify", test=True).json["ok"]
    reply = sandbox.call("GET", f"/v1/members/{member_id}/proof", test=True)
    assert (reply.status, reply.code) == (409, "conflict")


def test_a_damaged_state_is_in_it_by_its_entries(sandbox: Merchant, service: Service) -> None:
    ids = [sandbox.join(test=True)["member_id"] for _ in range(3)]
    (state,) = service.table.get(keys.state(sandbox.sandbox_id, ids[1]))
    assert state is not None
    service.table.put({**state, "s": "no card"})
    moved(sandbox, advance="P1D")
    (day,) = listed(sandbox)
    assert day["cards"] == 3
    assert reached(proof(sandbox, ids[1])) == day["root"]


def test_it_is_listed_in_pages_and_between_days(sandbox: Merchant) -> None:
    sandbox.join(test=True)
    moved(sandbox, advance="P7D")

    def pages() -> Iterator[str]:
        query = {"limit": "3"}
        while True:
            page = sandbox.call("GET", "/v1/ledger/roots", test=True, query=query).json
            yield from (it["day"] for it in page["items"])
            if page["next"] is None:
                return
            query["cursor"] = page["next"]

    days = [f"2026-11-{day}" for day in range(24, 17, -1)]
    assert list(pages()) == days
    between = listed(sandbox, **{"from": "2026-11-20", "to": "2026-11-22"})
    assert [it["day"] for it in between] == ["2026-11-22", "2026-11-21", "2026-11-20"]
    for wrong in ({"from": "2026-11-31"}, {"to": "today"}, {"cursor": "x"}):
        reply = sandbox.call("GET", "/v1/ledger/roots", test=True, query=wrong)
        assert (reply.status, reply.json["errors"][0]["path"]) == (422, next(iter(wrong)))


def test_what_has_no_root_is_not_there(sandbox: Merchant) -> None:
    member_id = sandbox.join(test=True)["member_id"]
    path = f"/v1/members/{member_id}/proof"
    assert sandbox.call("GET", path, test=True).status == 404
    moved(sandbox, advance="P1D")
    late = sandbox.join(test=True)["member_id"]
    for member, day in ((member_id, "2026-11-19"), (late, "2026-11-18")):
        reply = sandbox.call("GET", f"/v1/members/{member}/proof", test=True, query={"day": day})
        assert reply.status == 404
    empty = listed(sandbox)
    assert [it["cards"] for it in empty] == [1]


def test_anyone_can_check_a_proof_with_the_script(sandbox: Merchant, tmp_path: Path) -> None:
    ids = [sandbox.join(test=True)["member_id"] for _ in range(3)]
    for member_id in ids:
        sandbox.earn(member_id, test=True)
    moved(sandbox, advance="P1D")
    found = proof(sandbox, ids[1])
    whole = exported(sandbox, ids[1], test=True)

    def check(changed: dict[str, Any]) -> subprocess.CompletedProcess[str]:
        files = tmp_path / "entries.json", tmp_path / "proof.json"
        for file, document in zip(files, (whole, changed), strict=True):
            file.write_text(json.dumps(document), "utf-8")
        command = [sys.executable, "-I", str(SCRIPT), *map(str, files)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    assert check(found).returncode == 0
    step = {"side": "left", "hash": "00" * 32}
    changes: list[dict[str, Any]] = [
        {"root": "00" * 32}, {"head": "ab"}, {"seq": 1}, {"path": []}, {"member_id": ids[0]},
        {"path": [*found["path"], step]},
    ]  # fmt: skip
    for changed in changes:
        done = check({**found, **changed})
        assert (done.returncode, done.stderr) == (1, "")
        assert "proof:" in done.stdout


def test_the_job_finds_the_head_of_a_day_after_which_a_card_went_on(
    service: Service, frozen: Clock
) -> None:
    frozen.now = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
    catch_up(service, "digest", frozen.now)
    cafe = service.new_merchant()
    member_id = cafe.join()["member_id"]
    seq = cafe.card(member_id)["seq"]
    frozen.now = datetime(2026, 11, 19, 9, 0, tzinfo=UTC)
    cafe.earn(member_id, visits=1)
    service.run_job("digest")
    (day,) = cafe.call("GET", "/v1/ledger/roots").json["items"]
    assert (day["day"], day["cards"]) == ("2026-11-18", 1)
    found = cafe.call("GET", f"/v1/members/{member_id}/proof", query={"day": "2026-11-18"}).json
    assert found["seq"] == seq
    assert reached(found) == day["root"]
