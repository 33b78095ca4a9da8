"""Anyone can check the entries of a card with one file and nothing of ours."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from tests.service import Merchant, Service

SCRIPT = Path(__file__).parents[2] / "scripts" / "verify_export.py"
Entries = list[dict[str, Any]]


@pytest.fixture
def entries(service: Service) -> Entries:
    """A card that has lived: stamps, a voucher unlocked and redeemed, a sale and its refund."""
    cafe = service.new_merchant()
    member_id = cafe.join()["member_id"]
    (voucher,) = cafe.earn(member_id, visits=9)["unlocked"]
    cafe.call("POST", f"/v1/vouchers/{voucher['code']}/redeem", {})
    cafe.earn(member_id, visits=2, spend_minor=900, order_id="o1")
    cafe.call("POST", "/v1/refunds", {"order_id": "o1", "refund_id": "r1"})
    return exported(cafe, member_id)


def exported(cafe: Merchant, member_id: str, *, test: bool = False) -> Entries:
    """All entries, as an integration fetches them: a page at a time."""
    found: Entries = []
    query = {"limit": "2"}
    while True:
        path = f"/v1/members/{member_id}/entries"
        page = cafe.call("GET", path, query=query, test=test).json
        found += page["items"]
        if page["next"] is None:
            return found
        query = {"limit": "2", "cursor": page["next"]}


def check(folder: Path, document: Any) -> subprocess.CompletedProcess[str]:
    file = folder / "entries.json"
    file.write_text(json.dumps(document), "utf-8")
    command = [sys.executable, "-I", str(SCRIPT), str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_what_was_exported_fits(entries: Entries, tmp_path: Path) -> None:
    for document in (entries, {"items": entries, "next": None}, {"entries": entries[::-1]}):
        done = check(tmp_path, document)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith(f"{len(entries)} entries, nothing wrong")
        assert entries[0]["hash"] in done.stdout


def test_an_entry_says_what_it_did(entries: Entries) -> None:
    reverse, sale, redeem, earn, join = entries
    assert (sale["money_minor"], reverse["money_minor"], reverse["reverses"]) == (900, -900, 4)
    assert (sale["visits"], reverse["visits"], redeem["visits"], join["visits"]) == (2, -2, 0, 0)
    (issued,), (redeemed,) = earn["vouchers"], redeem["vouchers"]
    assert issued == {**redeemed, "what": "issued"}
    assert redeemed["what"] == "redeemed"
    assert join["entry_id"].endswith(".1")


def rehashed(entries: Entries) -> None:
    """The forger computes the hash of what was changed, but not of what follows."""
    from hashlib import sha256

    for entry in entries:
        text = f"{entry['prev']}\n{entry['canonical']}"
        entry["hash"] = sha256(text.encode()).hexdigest()


def lines_changed(entries: Entries) -> None:
    entries[1]["lines"][0]["amount"] += 1


def text_changed(entries: Entries) -> None:
    entries[1]["canonical"] = entries[1]["canonical"].replace('"spend":900', '"spend":90')


def text_changed_and_rehashed(entries: Entries) -> None:
    text_changed(entries)
    rehashed(entries)


def one_taken_out(entries: Entries) -> None:
    del entries[2]


def two_swapped(entries: Entries) -> None:
    entries[1]["seq"], entries[2]["seq"] = entries[2]["seq"], entries[1]["seq"]


def one_twice(entries: Entries) -> None:
    entries.append(deepcopy(entries[1]))


def balance_changed(entries: Entries) -> None:
    entries[0]["balances"]["stamp"] += 5


def first_taken_out(entries: Entries) -> None:
    entries.pop()


@pytest.mark.parametrize(
    "tamper",
    [lines_changed, text_changed, text_changed_and_rehashed, one_taken_out, two_swapped, one_twice,
     balance_changed, first_taken_out],
)  # fmt: skip
def test_what_was_tampered_with_is_found(
    entries: Entries, tmp_path: Path, tamper: Callable[[Entries], None]
) -> None:
    tamper(entries)
    done = check(tmp_path, entries)
    assert (done.returncode, done.stderr) == (1, "")
    assert "entry" in done.stdout


@pytest.mark.parametrize("document", [{}, [{}], "text", [{"seq": 1}]])
def test_what_is_no_export_is_said_to_be_none(tmp_path: Path, document: Any) -> None:
    assert check(tmp_path, document).returncode == 2


def test_it_is_short_enough_to_be_read() -> None:
    text = SCRIPT.read_text("utf-8")
    assert len(text.splitlines()) <= 80
    assert "regulars" not in text
