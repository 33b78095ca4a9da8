"""What is done for one member: each form is one operation of the API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from regulars.http import protocol
from regulars.http.protocol import Response
from regulars.pages.console.frame import forms, frame, notation
from regulars.pages.console.frame.here import KEY, Console, path, sent
from regulars.pages.console.members.handlers import PATH
from regulars.pages.console.members.one.showing import page

Body = dict[str, Any]


def visit(here: Console) -> Response:
    """POST /console/members/{id}/visit: one visit."""
    return _book(here, "visit", "POST /v1/earn", {"visits": 1})


def amount(here: Console) -> Response:
    """POST /console/members/{id}/amount: a sale."""
    minor = _sum(here, "spend_minor")
    if minor is None:
        return _wrong(here, "amount", spend_minor=here.words.t("Type a sum."))
    return _book(here, "amount", "POST /v1/earn", {"spend_minor": minor})


def gift(here: Console) -> Response:
    """POST /console/members/{id}/gift: a surprise within its budget."""
    form = here.request.form
    body = {"surprise": form.get("surprise", ""), **_text(form, "note")}
    return _book(here, "gift", "POST /v1/gifts", body)


def adjust(here: Console) -> Response:
    """POST /console/members/{id}/adjust: with the reason."""
    form = here.request.form
    units = notation.read_whole(form.get("amount", ""))
    if units is None:
        return _wrong(here, "adjust", amount=here.words.t("Type a number."))
    body = {"unit": form.get("unit", ""), "amount": units, "reason": form.get("reason", "")}
    return _book(here, "adjust", "POST /v1/adjust", body)


def tier(here: Console) -> Response:
    """POST /console/members/{id}/tier: given by hand, or sold."""
    form, words = here.request.form, here.words
    body: Body = {"tier": form.get("tier", ""), "by": "hand"}
    if form.get("until"):
        body["until"] = form["until"]
    if form.get("paid", "").strip():
        minor = _sum(here, "paid")
        if minor is None:
            return _wrong(here, "tier", paid=words.t("Type a sum."))
        body |= {"paid_minor": minor, "by": "membership"}
    member_id = here.request.param("id")
    operation = path("POST /v1/members/{}/tier", member_id)
    outcome = here.ask(operation, body, key=form.get(KEY, ""))
    return _after(here, "tier", outcome, {"paid_minor": "paid"})


def change(here: Console) -> Response:
    """POST /console/members/{id}/change: name, contacts, birthday, language, note."""
    form = here.request.form
    names = ("name", "email", "phone", "birthday", "language", "note")
    body: Body = {name: form[name].strip() or None for name in names if name in form}
    operation = path("PATCH /v1/members/{}", here.request.param("id"))
    return _after(here, "change", here.ask(operation, body))


def confirm(here: Console) -> Response:
    """POST /console/members/{id}/confirm: sends a code to a contact, or takes the code."""
    form, member_id = here.request.form, here.request.param("id")
    body: Body = {"contact": form.get("contact", "")}
    code = form.get("code", "").strip()
    outcome = here.ask(
        path("POST /v1/members/{}/confirm", member_id), {**body, **({"code": code} if code else {})}
    )
    if not outcome.ok or code:
        return _after(here, "confirm", outcome)
    return page(here, member_id, forms.fresh(), asked=body["contact"])


def redeem(here: Console) -> Response:
    """POST /console/members/{id}/redeem: a voucher is used."""
    return _voucher(here, "redeem")


def cancel(here: Console) -> Response:
    """POST /console/members/{id}/cancel: a voucher is given back."""
    return _voucher(here, "cancel")


def undo(here: Console) -> Response:
    """POST /console/members/{id}/undo: what was booked just now is taken back."""
    seq = notation.read_whole(here.request.form.get("seq", "")) or 0
    member_id = here.request.param("id")
    body = {"member_id": member_id, "seq": seq}
    outcome = here.ask("POST /staff/api/undo", body, key=f"undo.{member_id}.{seq}")
    return _after(here, "undone", outcome)


def erase(here: Console) -> Response:
    """POST /console/members/{id}/erase: whoever types the name means it."""
    member_id, words = here.request.param("id"), here.words
    card = here.get(path("/v1/members/{}", member_id))
    wanted = card["name"] or words.t("erase")
    if here.request.form.get("named", "").strip() != wanted:
        hint = words.t("Type it exactly as it stands here.")
        return _wrong(here, "erase", named=hint)
    outcome = here.ask(path("DELETE /v1/members/{}", member_id))
    if not outcome.ok:
        return _after(here, "erase", outcome)
    return frame.done(PATH, "erased")


def _book(here: Console, what: str, operation: str, body: Mapping[str, Any]) -> Response:
    """Book something on the card under the form's key; the page that opens can undo it."""
    member_id = here.request.param("id")
    outcome = here.ask(
        operation, {"member_id": member_id, **body}, key=here.request.form.get(KEY, "")
    )
    if outcome.ok:
        seq = str(outcome.body["entry"]["seq"])
        return frame.done(f"{PATH}/{member_id}", what, seq=seq)
    return _after(here, what, outcome)


def _voucher(here: Console, what: str) -> Response:
    """Redeem or cancel the voucher of the form, under the form's key."""
    form = here.request.form
    operation = path(f"POST /v1/vouchers/{{}}/{what}", form.get("code", "-") or "-")
    return _after(here, what, here.ask(operation, {}, key=form.get(KEY, "")))


def _sum(here: Console, name: str) -> int | None:
    """The money in a field of the form; None for what is no sum."""
    typed = here.request.form.get(name, "")
    return notation.read_money(here.words, typed, here.gathered.program.currency)


def _after(
    here: Console, what: str, outcome: Any, names: Mapping[str, str] | None = None
) -> Response:
    member_id = here.request.param("id")
    if outcome.ok:
        return frame.done(f"{PATH}/{member_id}", what)
    return page(here, member_id, forms.refused(here, outcome, names), what, outcome.status)


def _wrong(here: Console, what: str, **errors: str) -> Response:
    return page(here, here.request.param("id"), forms.wrong(here, **errors), what, 422)


def _text(form: Mapping[str, str], name: str) -> Body:
    text = form.get(name, "").strip()
    return {name: text} if text else {}


_FORMS: dict[str, Callable[[Console], Response]] = {
    "visit": visit, "amount": amount, "gift": gift, "adjust": adjust, "tier": tier,
    "change": change, "confirm": confirm, "redeem": redeem, "cancel": cancel, "undo": undo,
    "erase": erase,
}  # fmt: skip

ROUTES: dict[str, protocol.Handler] = {
    f"POST {PATH}/{{id}}/{name}": sent(handler) for name, handler in _FORMS.items()
}
