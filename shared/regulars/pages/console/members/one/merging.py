"""Two cards of one member become one: chosen, looked at, done, undone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from regulars.http import protocol
from regulars.http.protocol import Response
from regulars.pages.console.frame import forms, frame
from regulars.pages.console.frame.forms import Form
from regulars.pages.console.frame.here import Console, path, sent, shown
from regulars.pages.console.members.handlers import PATH, fact
from regulars.pages.console.members.one.view import MERGE, Candidate, MergePage
from regulars.render.brand import brand_of

FOUND = "6"


def show(here: Console) -> Response:
    """GET /console/members/{id}/merge: who is the other card, and what would come over."""
    return _page(here, here.request.query.get("from", ""), forms.fresh())


def merge(here: Console) -> Response:
    """POST /console/members/{id}/merge."""
    member_id, other = here.request.param("id"), here.request.form.get("from", "")
    outcome = here.ask(
        path("POST /v1/members/{}/merge", member_id), {"from": other},
        key=here.request.form.get("key", ""),
    )  # fmt: skip
    if not outcome.ok:
        return _page(here, other, forms.refused(here, outcome), outcome.status)
    return frame.done(f"{PATH}/{member_id}", "merged", merge=outcome.body["merge_id"])


def unmerge(here: Console) -> Response:
    """POST /console/members/{id}/unmerge."""
    member_id, merge_id = here.request.param("id"), here.request.form.get("merge", "-")
    outcome = here.ask(path("DELETE /v1/members/{}/merges/{}", member_id, merge_id or "-"))
    what = "unmerged" if outcome.ok else "merged"
    return frame.done(f"{PATH}/{member_id}", what)


def _page(here: Console, other: str, form: Form, status: int = 200) -> Response:
    member_id, q = here.request.param("id"), here.request.query.get("q", "").strip()
    words, t = here.words, here.words.t
    card = here.get(path("/v1/members/{}", member_id))
    found: tuple[Candidate, ...] = ()
    if q:
        items = here.get("/v1/members", q=q, limit=FOUND)["items"]
        found = tuple(
            Candidate(one["member_id"], one["name"] or "", one["contact_hint"] or "",
                      fact(here, one))
            for one in items if one["member_id"] != member_id
        )  # fmt: skip
    chosen: Candidate | None = None
    moves: tuple[str, ...] = ()
    if other and not form.problem:
        outcome = here.ask(
            path("POST /v1/members/{}/merge", member_id), {"from": other, "dry_run": True},
            key=forms.fresh().key,
        )  # fmt: skip
        if outcome.ok:
            them = here.get(path("/v1/members/{}", other))
            chosen = Candidate(other, them.get("name") or "", "", fact(here, them))
            moves = _moves(here, outcome.body)
        else:
            form = forms.refused(here, outcome)
    view = MergePage(
        brand_of(here.gathered.program), member_id, card.get("name") or t("Without a name"), q,
        found, chosen, moves, form,
    )  # fmt: skip
    back = (words.sentence(card.get("name") or t("Member")), f"{PATH}/{member_id}")
    return frame.page(here, MERGE, view, "members", status=status, back=back)


def _moves(here: Console, planned: Mapping[str, Any]) -> tuple[str, ...]:
    """What would come over, in words."""
    words, program = here.words, here.gathered.program
    found = []
    for unit_id, amount in planned["moved"].items():
        unit = program.unit(unit_id)
        if unit and amount:
            found.append(words.amount(cast(Any, unit.name), amount))
    if count := len(planned["vouchers"]):
        found.append(words.n("one voucher", "{n} vouchers", count))
    tier = planned.get("tier")
    if tier and tier.get("name"):
        found.append(words.t("tier afterwards: {tier}", tier=tier["name"]))
    return tuple(found)


ROUTES: dict[str, protocol.Handler] = {
    f"GET {PATH}/{{id}}/merge": shown(show),
    f"POST {PATH}/{{id}}/merge": sent(merge),
    f"POST {PATH}/{{id}}/unmerge": sent(unmerge),
}
