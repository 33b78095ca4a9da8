"""T21: somebody with access to the table changes what was booked."""

from __future__ import annotations

from local.engine import ROOT
from local.intrinsics import read_yaml
from regulars.domain import ledger
from regulars.store import keys
from tests.service import Merchant
from tests.threats import removal
from tests.threats.removal import against

really_add = ledger.Chain.add


def unchained(self: ledger.Chain, stored: ledger.Recorded) -> None:
    """Take an entry for one that follows from the entry before it."""
    fits = ledger.chain(self.head, stored.text)
    really_add(self, stored._replace(prev=self.head, hash=fits))
    self.head = stored.hash


@against(removal.of(ledger.Chain, "add", unchained))
def test_a_changed_entry_is_named(removed: None, cafe: Merchant) -> None:
    member = cafe.join()["member_id"]
    for _ in range(3):
        cafe.earn(member)
    assert cafe.call("GET", f"/v1/members/{member}/verify").json["ok"]
    (item,) = cafe.service.table.get(keys.entry(cafe.id, member, 2))
    assert item is not None
    text = item["e"]
    for place in range(0, len(text), 7):
        changed = text[:place] + chr(ord(text[place]) ^ 1) + text[place + 1 :]
        cafe.service.table.put({**item, "e": changed})
        found = cafe.call("GET", f"/v1/members/{member}/verify").json
        assert not found["ok"]
        assert any("2" in problem for problem in found["problems"])
    cafe.service.table.put(item)
    assert cafe.call("GET", f"/v1/members/{member}/verify").json["ok"]


def test_no_function_may_delete_or_scan() -> None:
    resources = read_yaml(ROOT / "template.yaml")["Resources"]
    allowed = {
        action
        for resource in resources.values()
        for policy in resource.get("Properties", {}).get("Policies", [])
        for statement in policy.get("Statement", [])
        for action in statement["Action"]
    }
    assert "dynamodb:PutItem" in allowed
    wrong = ("*", "Delete", "Scan", "BatchWrite")
    assert [one for one in allowed if "dynamodb" in one and any(bad in one for bad in wrong)] == []
