"""Two cards of one member become one, and two again."""

from __future__ import annotations

from typing import Any

from regulars.actions import book, find
from regulars.actions import merge as merges
from regulars.api import models
from regulars.api.reading import read_body
from regulars.domain import calendar, merging
from regulars.domain.decision import Decision
from regulars.http import credentials, protocol
from regulars.store import audit, connect
from regulars.store.answers import Answer, Idempotency
from regulars.store.table import Put
from regulars.views import integration


def merge(request: protocol.Request) -> protocol.Response:
    """POST /v1/members/{id}/merge: the card of `from` becomes part of this one."""
    gathered = credentials.gather(connect.table(), request)
    body = read_body(request, models.MergeBody)
    key = protocol.idempotency_key(request)
    shop = gathered.shop
    kept = find.read_member_card(shop, request.param("id"))

    def render(one: Decision, _: Decision, merge_id: str) -> integration.View:
        card = integration.card(gathered.program, one.card, gathered.now, kept.words)
        return {
            "merge_id": merge_id or None,
            "card": card,
            "moved": merging.moved(one),
            "vouchers": [
                integration.voucher(gathered.program, voucher, kept.words, gathered.now)
                for voucher in one.vouchers
                if voucher.voucher_id in one.came
            ],
            "tier": card["tier"],
        }

    member_id = kept.card.member_id
    if body.dry_run:
        shop.ledger.known(f"key:{key}", request.fingerprint())
        return _answered(gathered, Answer(200, merges.preview(
            shop, member_id, body.from_, render
        ), False, member_id))  # fmt: skip

    def noted(merge_id: str) -> Put:
        after = {"from": body.from_, "merge_id": merge_id}
        return _noted(gathered, request, "member.merged", member_id, after)

    answer = merges.merge(
        shop, member_id, body.from_, f"key:{key}", request.idempotency(), render, noted
    )
    return _answered(gathered, answer)


def unmerge(request: protocol.Request) -> protocol.Response:
    """DELETE /v1/members/{id}/merges/{merge_id}: both cards are again what they were."""
    gathered = credentials.gather(connect.table(), request)
    shop, merge_id = gathered.shop, request.param("merge_id")
    words = find.merchant_words(shop)

    def render(one: Decision, two: Decision, merge_id: str) -> integration.View:
        sides = {
            side: integration.card(gathered.program, decision.card, gathered.now, words)
            for side, decision in (("card", one), ("from", two))
        }
        return {"merge_id": merge_id, **sides}

    after = {"merge_id": merge_id}
    noted = _noted(gathered, request, "member.unmerged", request.param("id"), after)
    answer = merges.unmerge(shop, request.param("id"), merge_id, Idempotency(), render, noted)
    return _answered(gathered, answer)


def _noted(
    gathered: credentials.Gathered, request: protocol.Request, what: str, target: str,
    after: dict[str, Any],
) -> Put:  # fmt: skip
    actor, at_ms = credentials.actor(gathered.caller, request), calendar.to_ms(gathered.now)
    return audit.put(gathered.shop.merchant_id, at_ms, actor, what, target, after=after)


def _answered(gathered: credentials.Gathered, answer: Answer) -> protocol.Response:
    """Answer with the personal fields of the members, which are not stored with it."""
    body = dict(answer.body)
    for side in ("card", "from"):
        if side in body:
            member = find.read_member_card(gathered.shop, body[side]["member_id"])
            body[side] = book.personal(body[side], member)
    if "vouchers" in body:
        member = find.read_member_card(gathered.shop, answer.member_id)
        body["vouchers"] = [book.scannable(one, member) for one in body["vouchers"]]
    return protocol.answered(answer._replace(body=body))


ROUTES: dict[str, protocol.Handler] = {
    "POST /v1/members/{id}/merge": merge,
    "DELETE /v1/members/{id}/merges/{merge_id}": unmerge,
}
