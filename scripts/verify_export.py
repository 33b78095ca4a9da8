#!/usr/bin/env python3
"""Check the exported entries of one card: verify_export.py entries.json [proof.json]

The file holds what GET /v1/members/{id}/entries answers: a list of entries, or an object with them
under `items` or `entries`, in any order; the second what GET /v1/members/{id}/proof answers: then
the root of that day is checked, too. What is hashed is said in docs/ledger-format.md.
Exit code 0 when everything fits, 1 with a line for each problem, 2 when the file cannot be read.
"""

import hashlib
import json
import pathlib
import sys
from collections import Counter

SAME = {"seq": "seq", "op": "op", "kind": "kind", "source": "src", "program_version": "prog",
        "balances": "bal", "facts": "facts", "staff": "staff", "location": "loc"}  # fmt: skip


def problems(entries):
    """Yield what is wrong, entry by entry."""
    sums, head, at = Counter(), "", 0
    for seq, entry in enumerate(sorted(entries, key=lambda entry: entry["seq"]), 1):
        text = entry["canonical"]
        hashed = json.loads(text)
        if hashed["seq"] != seq:
            yield f"entry {seq} is missing, or another is there twice"
        if entry["prev"] != head:
            yield f"entry {seq} does not follow from the entry before it"
        if hashlib.sha256(f"{entry['prev']}\n{text}".encode()).hexdigest() != entry["hash"]:
            yield f"entry {seq}: its hash is not that of its text"
        if hashed["at"] <= at:
            yield f"entry {seq} is not later than the entry before it"
        for name, key in SAME.items():
            if entry.get(name) != hashed.get(key):
                yield f"entry {seq}: `{name}` is not what was hashed"
        lines = [[it["unit"], it["amount"], it["lot"] or "", it["rule"]] for it in entry["lines"]]
        if lines != [line[:4] for line in hashed["lines"]]:
            yield f"entry {seq}: `lines` are not what was hashed"
        for unit, amount, *_ in hashed["lines"]:
            sums[unit] += amount
        for unit, balance in hashed["bal"].items():
            if sums[unit] != balance:
                yield f"entry {seq}: the lines of {unit} add up to {sums[unit]}, not {balance}"
        head, at = entry["hash"], hashed["at"]


def unproved(entries, proof):
    """Yield what is wrong with the proof of a day."""
    if proof["head"] not in [it["hash"] for it in entries if it["seq"] == proof["seq"]]:
        yield f"proof: entry {proof['seq']} has another hash on {proof['day']}"
    at = hashlib.sha256("\0{member_id} {seq} {head}".format(**proof).encode()).digest()
    for step in proof["path"]:
        pair = [bytes.fromhex(step["hash"]), at]
        at = hashlib.sha256(
            b"\1" + b"".join(pair if step["side"] == "left" else pair[::-1])
        ).digest()
    if at.hex() != proof["root"]:
        yield f"proof: its path does not lead to the root of {proof['day']}"


def main(path, *proof):
    """Check a file and say what was found."""
    try:
        found, *proofs = (json.loads(pathlib.Path(it).read_text("utf-8")) for it in (path, *proof))
        entries = found if isinstance(found, list) else found.get("items") or found["entries"]
        wrong = [*problems(entries), *(one for it in proofs for one in unproved(entries, it))]
        last = max(entries, key=lambda entry: entry["seq"], default={"seq": 0, "hash": ""})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        print(f"{path} cannot be read: {error!r}", file=sys.stderr)
        return 2
    print(
        "\n".join(wrong) or f"{last['seq']} entries, nothing wrong; the last hash is {last['hash']}"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) if 2 <= len(sys.argv) <= 3 else __doc__)
