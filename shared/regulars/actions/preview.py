"""What a programme would do to the members as they are now, by really deciding it for each.

Publishing has every card reviewed (`jobs/recompute.py`); the preview makes the same decision on the
same cards and throws it away. Members are read a page at a time, so memory stays small; when the
time of the request is over, what was counted so far is kept for a day under the preview's id, and
the same call with the cursor goes on.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from hashlib import sha256
from typing import Any
from zlib import compress, decompress

from regulars.actions import aside
from regulars.core import checks, clock, tokens
from regulars.core.deadline import Deadline
from regulars.domain import calendar, losses, rewards
from regulars.domain.card import Card
from regulars.domain.decide import decide
from regulars.domain.decision import Decision
from regulars.domain.losses import Threat
from regulars.domain.operations import Origin, ReviewTier
from regulars.domain.program import Program
from regulars.domain.refusals import RefusalCode, Refused
from regulars.program.shop import Shop
from regulars.store import keys
from regulars.store.marshal import Item
from regulars.store.member_lists import members_page
from regulars.store.table import Absent, Equals, Table

EXAMPLES = 10
KEPT = timedelta(days=1)
ID_LENGTH = 20
NONE_KEY = ""
"""Stands for no tier among the keys of a JSON object."""


class Progress:
    """What a preview has counted so far; all of it can be written as JSON."""

    def __init__(self, left: dict[str, int]) -> None:
        self.members = self.unchanged = self.rewarded = self.cost_minor = 0
        self.up: Counter[str] = Counter()
        self.down: Counter[str] = Counter()
        self.left = left
        """What is left of every reward with a stock, by the name of its counter."""
        self.losses: list[tuple[Any, str, int, int]] = []
        self.examples: list[dict[str, Any]] = []

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Progress:
        """Read what was written."""
        progress = cls({})
        vars(progress).update(stored)
        progress.up, progress.down = Counter(progress.up), Counter(progress.down)
        return progress


def preview(
    shop: Shop, program: Program, document: Mapping[str, Any], cursor: str | None = None
) -> dict[str, Any]:
    """Count tiers, costs and losses, with a few examples; `more` when it is to be called again with
    the cursor in `next`. Raises INVALID for a cursor that does not belong to it."""
    table, m = shop.table, shop.merchant_id
    page, start, deadline = 0, None, Deadline()
    if cursor is None:
        preview_id, progress = tokens.random_id(ID_LENGTH), Progress(_left(table, m, program))
    else:
        kept = _kept(shop, cursor)
        wrong = _wrong(kept, document, shop.program.version)
        if kept is None or wrong or kept["done"]:
            wrong = wrong or "is of a preview that is finished"
            raise Refused(RefusalCode.INVALID, "", (("cursor", wrong),))
        preview_id, page, start = cursor, kept["page"], kept["start"]
        progress = Progress.read(json.loads(decompress(kept["sums"])))
    today = calendar.local_date(shop.now, shop.program.timezone)
    of = losses.threat(shop.program, program, today)
    sums = losses.Sums(tuple(row) for row in progress.losses)
    away = aside.of(shop, "preview")
    while True:
        found, start = members_page(table, m, start, away)
        for profile, card in found:
            progress.members += 1
            try:
                _count(shop, program, progress, sums, of, card, today)
            except Exception as error:  # whatever it is, the others are previewed
                away(profile.member_id, error)
        if start is None or deadline.passed:
            break
    progress.losses = sums.rows()
    _keep(shop, preview_id, document, progress, page, start)
    return _answer(shop, preview_id, progress, more=start is not None)


def finished(
    shop: Shop, preview_id: str, document: Mapping[str, Any], version: int
) -> list[dict[str, Any]]:
    """List the losses of a finished preview of a document over a version.

    Raises PREVIEW_NEEDED when it is not finished, of something else or not known.
    """
    kept = _kept(shop, preview_id)
    if wrong := _wrong(kept, document, version):
        raise Refused(RefusalCode.PREVIEW_NEEDED, f"The preview {wrong}.")
    if kept is None or not kept["done"]:
        raise Refused(RefusalCode.PREVIEW_NEEDED, "The preview is not finished yet.")
    sums = json.loads(decompress(kept["sums"]))
    return rows(shop.program, losses.Sums(tuple(row) for row in sums["losses"]))


def rows(old: Program, sums: losses.Sums) -> list[dict[str, Any]]:
    """List losses as they are answered; `value_minor` where the owner says what a unit is worth."""
    return [
        {
            "kind": kind,
            "what": what,
            "members": members,
            "amount": amount,
            "value_minor": _value(old, kind, what, amount),
        }
        for kind, what, members, amount in sums.rows()
    ]


def _value(program: Program, kind: str, what: str, amount: int) -> int | None:
    unit = program.units.get(what) if kind.startswith("balance") else None
    if unit is None or not unit.value_units:
        return None
    return amount * unit.value_minor // unit.value_units


def _count(
    shop: Shop,
    program: Program,
    progress: Progress,
    sums: losses.Sums,
    of: Threat,
    card: Card,
    today: date,
) -> None:
    """Take in one member."""
    decision = _decide(shop, program, card, progress.left)
    for name, by, _ in decision.counts:
        progress.left[name] -= by
    before, after = card.tier_id, decision.card.tier_id
    gained = [program.rewards[one.reward_id] for one in decision.unlocked]
    lost = list(losses.of_card(shop.program, program, of, card, today)) if of else []
    sums.add(lost)
    progress.rewarded += bool(gained)
    progress.cost_minor += sum(reward.cost_minor for reward in gained)
    climbed = _climbed(shop.program, program, before, after)
    progress.up[after or NONE_KEY] += climbed > 0
    progress.down[after or NONE_KEY] += climbed < 0
    progress.unchanged += climbed == 0
    if (after != before or gained or lost) and len(progress.examples) < EXAMPLES:
        progress.examples.append(
            {
                "member_id": card.member_id,
                "tier_from": before,
                "tier_to": after,
                "rewards": [reward.id for reward in gained],
                "losses": [dict(one._asdict()) for one in lost],
            }
        )


def _answer(shop: Shop, preview_id: str, progress: Progress, *, more: bool) -> dict[str, Any]:
    sums = losses.Sums(progress.losses)
    return {
        "preview_id": preview_id,
        "members": progress.members,
        "up": _counts(progress.up),
        "down": _counts(progress.down),
        "unchanged": progress.unchanged,
        "newly_rewarded": progress.rewarded,
        "cost_minor_estimate": progress.cost_minor,
        "losses": rows(shop.program, sums),
        "examples": _named(shop, progress.examples),
        "more": more,
        "next": preview_id if more else None,
    }


def _named(shop: Shop, examples: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put the names in. They are read for each answer: what is kept must not need erasing."""
    wanted = [keys.profile(shop.merchant_id, one["member_id"]) for one in examples]
    return [
        {**example, "name": (profile and profile["name"]) or None}
        for example, profile in zip(examples, shop.table.get(*wanted), strict=True)
    ]


def _digest(document: Mapping[str, Any]) -> str:
    return sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def _keep(
    shop: Shop,
    preview_id: str,
    document: Mapping[str, Any],
    progress: Progress,
    page: int,
    start: Any,
) -> None:
    """Keep how far it came; raises CONFLICT when the same preview went on elsewhere."""
    pk, sk = keys.preview(shop.merchant_id, preview_id)
    item: Item = {
        "PK": pk,
        "SK": sk,
        "document": _digest(document),
        "version": shop.program.version,
        "page": page + 1,
        "start": start,
        "done": start is None,
        "sums": compress(json.dumps(vars(progress)).encode()),
        "ttl": calendar.to_ms(clock.now() + KEPT) // 1000,
    }
    if shop.table.put(item, Equals("page", page) if page else Absent()) is not None:
        raise Refused(RefusalCode.CONFLICT, "The same preview goes on in another request.")


def _kept(shop: Shop, preview_id: str) -> Item | None:
    if not 0 < len(preview_id) <= checks.TEXT_MAX:
        return None
    (item,) = shop.table.get(keys.preview(shop.merchant_id, preview_id))
    over = item is not None and item["ttl"] <= calendar.to_ms(clock.now()) // 1000
    return None if over else item  # DynamoDB removes it later than that


def _wrong(kept: Item | None, document: Mapping[str, Any], version: int) -> str:
    """Say why a preview is not one of a document over a version; nothing when it is."""
    if kept is None:
        return "is not known (any more); begin a new one"
    if kept["document"] != _digest(document):
        return "is of another document"
    if kept["version"] != version:
        return "is over a version that is no longer in force; begin a new one"
    return ""


def _left(table: Table, m: str, program: Program) -> dict[str, int]:
    """What is left of every reward with a stock, by the name of its counter."""
    limits = {rewards.stock_name(one): one.stock for one in program.rewards.values() if one.stock}
    if not limits:
        return {}
    items = table.get(*(keys.count(m, name) for name in limits))
    return {
        name: max(0, limit - (item["n"] if item else 0))
        for (name, limit), item in zip(limits.items(), items, strict=True)
    }


def _decide(shop: Shop, program: Program, card: Card, left: dict[str, int]) -> Decision:
    operation = ReviewTier(Origin("preview", "job", entropy=bytes(16), left=dict(left)))
    return decide(program, card, operation, shop.now)


def _climbed(old: Program, new: Program, before: str | None, after: str | None) -> int:
    """How many steps up (or, negative, down). Tiers are compared within the new programme; one
    that it no longer has by where it stood in the old one."""
    if before is None or new.tier_rank(before) >= 0:
        return new.tier_rank(after) - new.tier_rank(before)
    known = old if old.tier_rank(after) >= 0 else new
    return known.tier_rank(after) - old.tier_rank(before)


def _counts(counter: Counter[str]) -> list[dict[str, Any]]:
    return [
        {"tier": None if tier == NONE_KEY else tier, "count": count}
        for tier, count in counter.most_common()
        if count
    ]
