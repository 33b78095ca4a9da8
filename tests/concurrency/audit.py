"""The auditor: everything of a merchant in the table, held against the replay of its ledgers.

Nothing may be there that its ledger does not account for, and nothing may be missing.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any
from zlib import decompress

from regulars.actions.relist import LISTS
from regulars.domain.ledger import lot_name, verify
from regulars.store import cards, keys
from regulars.store.marshal import from_item
from regulars.store.table import Table
from tests.concurrency.counter import Counter
from tests.unit.domain.oracle import Oracle


def items_of(counter: Counter) -> list[dict[str, Any]]:
    """Every item of one merchant, read without the observers of the table."""
    return list(_scan(counter.table, counter.m))


def _scan(table: Table, merchant_id: str) -> Iterator[dict[str, Any]]:
    params: dict[str, Any] = {
        "TableName": table.name,
        "ConsistentRead": True,
        "FilterExpression": "begins_with(PK, :pk) OR m = :m",
        "ExpressionAttributeValues": {":pk": {"S": f"M#{merchant_id}#"}, ":m": {"S": merchant_id}},
    }
    while True:
        answer = table._transport("Scan", params)
        yield from (from_item(item) for item in answer["Items"])
        if "LastEvaluatedKey" not in answer:
            return
        params["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def audit(
    counter: Counter,
    items: list[dict[str, Any]] | None = None,
    replayed: Mapping[str, Oracle] | None = None,
) -> dict[str, Oracle]:
    """Assert that all of a merchant's items belong together; the replay of each card.

    `replayed` are the replays of those who were there when the entries were written.
    """
    items = items_of(counter) if items is None else items
    by_card: dict[str, dict[str, Any]] = defaultdict(dict)
    loose: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for item in items:
        if "#C#" in item["PK"]:
            by_card[item["PK"].rpartition("#")[2]][item["SK"]] = item
        else:
            loose[item["SK"].partition("#")[0]].append(item)
    oracles = {
        member_id: _audit_card(counter, member_id, parts, (replayed or {}).get(member_id))
        for member_id, parts in by_card.items()
    }
    _audit_operations(counter, by_card, loose["OP"])
    pointed = {(item["c"], f"VOUCHER#{item['v']}") for item in loose["CODE"]}
    vouchers = {
        (c, sk) for c, parts in by_card.items() for sk in parts if sk.startswith("VOUCHER#")
    }
    assert pointed == vouchers
    assert len(loose["CODE"]) == len(vouchers)
    for kind in ("LINK", "HANDLE"):
        of_cards = [item["c"] for item in loose[kind] if "kind" not in item]  # codes are links, too
        assert sorted(of_cards) == sorted(by_card)
    assert {item["c"]: item["PK"].rpartition("#")[2] for item in loose["HANDLE"]} == {
        c: parts["PROFILE"]["handle"] for c, parts in by_card.items()
    }
    contacts = [
        p["PROFILE"][kind]
        for p in by_card.values()
        for kind in ("email", "phone")
        if p["PROFILE"][kind]
    ]
    assert len(loose["CONTACT"]) == len(contacts) == len(set(contacts))
    assert {item["c"] for item in loose["CONTACT"]} <= set(by_card)
    return oracles


def _audit_card(
    counter: Counter, member_id: str, parts: dict[str, Any], oracle: Oracle | None
) -> Oracle:
    assert {"STATE", "PROFILE"} <= set(parts), f"{member_id} is half there: {sorted(parts)}"
    card = cards.card_of(parts["STATE"])
    entries = [parts[sk] for sk in sorted(parts) if sk.startswith(keys.ENTRY_PREFIX)]
    recorded = [cards.recorded_of(item) for item in entries]
    assert verify(card, recorded) == []
    if oracle is None:
        oracle = Oracle(counter.document)
        for one in recorded:
            oracle.replay(one.text, one.prev, one.hash)
    assert [item["SK"] for item in entries] == [
        f"ENTRY#{seq:010}" for seq in range(1, card.seq + 1)
    ]
    held = {u: {lot_name(*x.key): x.amount for x in lots} for u, lots in card.lots.items()}
    assert held == oracle.held()
    assert {u: d for u, d in oracle.debt.items() if d} == dict(card.debt)
    assert tuple(card.lifetime) == oracle.lifetime()
    assert dict(card.carry) == oracle.carry()
    assert set(card.open) == oracle.open_vouchers()
    statuses = {
        sk.removeprefix(keys.VOUCHER_PREFIX): item["status"]
        for sk, item in parts.items()
        if sk.startswith(keys.VOUCHER_PREFIX)
    }
    assert set(statuses) == oracle.issued
    assert {v for v, s in statuses.items() if s == "issued"} == oracle.open_vouchers()
    assert {v for v, s in statuses.items() if s == "redeemed"} == oracle.redeemed
    assert {v for v, s in statuses.items() if s in {"cancelled", "expired"}} == oracle.returned
    refunded = {
        int(sk.removeprefix("REFUNDED#")): item["refunded"]
        for sk, item in parts.items()
        if sk.startswith("REFUNDED#")
    }
    assert refunded == {
        seq: -1 if sale.whole else sale.refunded
        for seq, sale in oracle.sales.items()
        if sale.whole or sale.refunded
    }
    dues = {
        sk.removeprefix("DUE#"): item["hour"]
        for sk, item in parts.items()
        if sk.startswith("DUE#") and "GSI1PK" in item
    }
    dues.pop(LISTS, None)  # the card does not know of it: a stamp must not move it
    assert dues == dict(card.due)
    return oracle


def _audit_operations(
    counter: Counter, by_card: dict[str, dict[str, Any]], ops: list[dict[str, Any]]
) -> None:
    """Every entry has its operation, every operation its entry (or it is a kept refusal)."""
    expected: dict[str, tuple[str, int]] = {}
    for member_id, parts in by_card.items():
        for sk, item in parts.items():
            if not sk.startswith(keys.ENTRY_PREFIX):
                continue
            entry = cards.entry_of(item)
            names = {entry.op}
            order, refund = entry.facts.get("order"), entry.facts.get("refund")
            if order and entry.kind == "earn":
                names.add(f"order:{order}")
            if order and refund:
                names.add(f"refund:{refund}")
            for name in names:
                pk = keys.operation(counter.m, name)[0]
                assert pk not in expected, f"{name} was booked twice"
                expected[pk] = (member_id, entry.seq)
    booked = {item["PK"]: (item["c"], item["seq"]) for item in ops if item.get("c")}
    assert booked == expected


def picture(counter: Counter, items: list[dict[str, Any]]) -> list[str]:
    """All items of a merchant as texts, with whatever is drawn at random left out; two runs that
    had the same effect give the same picture."""
    found = "\n".join(json.dumps(_plain(item), sort_keys=True) for item in items)
    found = re.sub(r"[0-9a-f]{64}|(?<=CONTACT#)[0-9a-f]{40}", "<hash>", found)
    found = re.sub(r"(OP#)[0-9a-f]{32}", r"\1<op>", found)
    found = re.sub(r"(DUE#[0-9T-]{13})#\d", r"\1", found)
    names = {counter.m: "<m>"}
    for item in items:
        last = item["PK"].rpartition("#")[2]
        if item["SK"] == "STATE":
            names[last] = "<c>"
        if item["SK"] == "CODE":
            names |= {last: "<code>", last.lower(): "<code>"}
    for name, stands_for in names.items():
        found = found.replace(name, stands_for)
    return sorted(found.splitlines())


def _plain(item: dict[str, Any]) -> dict[str, Any]:
    """An item in words, its handle left out: five characters can stand in any other text."""
    plain = {
        name: decompress(value).decode() if isinstance(value, bytes) else value
        for name, value in item.items()
    }
    if item["SK"] == "HANDLE":
        plain["PK"] = f"{item['PK'].rpartition('#')[0]}#<handle>"
    if item["SK"] == "PROFILE":
        plain["handle"] = "<handle>"
    return plain
