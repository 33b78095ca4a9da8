"""The counter screen: signing a device in, finding members, undo, gifts."""

from __future__ import annotations

from datetime import timedelta

from regulars import tokens
from regulars.domain import calendar, codes
from regulars.domain.operations import Decision, Surprise
from regulars.domain.program import Program
from regulars.domain.refusals import Code, Refused
from regulars.i18n import Text, languages, negotiate
from regulars.i18n.words import words as words_of
from regulars.store import activity, cards, connect, keys, refunds
from regulars.store.ledger import Ledger
from regulars.store.members import Members
from regulars.web import auth, bodies, card_page, counter, http, messages, pages, search, views

UNDO_MS = 5 * 60 * 1000
MATCHES = 8
VOUCHER_CODE_LENGTH = 10


def sign_in(request: http.Request) -> http.Response:
    """GET /staff/{token}: an enrolled device is signed in for a working day."""
    (link,) = connect.lean_table().get(keys.link(tokens.digest(request.param("token"))))
    if link is None or "s" not in link:
        raise Refused(Code.NOT_FOUND)
    return http.redirect("/staff/counter", (auth.staff_cookie(link["m"], link["s"]),))


def sign_out(request: http.Request) -> http.Response:
    """POST /staff/sign-out."""
    header = request.query.get("lang") or request.headers.get("accept-language", "")
    words = words_of(negotiate.language(header, tuple(languages())))
    shown = pages.render(pages.MessageView("signed_out"), words)
    return http.page(200, shown, (auth.signed_out_cookie(),))


def show(request: http.Request) -> http.Response:
    """GET /staff/counter."""
    gathered = auth.gather(connect.lean_table(), request)
    staff, program = gathered.caller.staff, gathered.program
    if staff is None:
        raise Refused(Code.FORBIDDEN, "This page is for signed-in devices.")
    visit = next((rule.unit for rule in program.earn if rule.on == "visit"), None)
    stamps = (unit.id for unit in program.units.values() if unit.kind == "stamps")
    header = request.query.get("lang") or request.headers.get("accept-language", "")
    view = pages.StaffView(
        brand=card_page.brand(program),
        staff=staff.name,
        location=program.locations.get(staff.location or "", ""),
        currency=program.currency,
        zone=program.timezone,
        languages=program.languages,
        units={unit.id: unit.name for unit in program.units.values()},  # type: ignore[misc]  # the schema demands plural forms
        rewards={reward.id: reward.name for reward in program.rewards.values()},
        tiers={tier.id: tier.name for tier in program.tiers},
        stamp=visit or next(stamps, None),
        today=_stamped_today(gathered, staff.staff_id),
        gifts=_gifts(program),
    )
    return http.page(
        200, pages.render(view, words_of(negotiate.language(header, program.languages)))
    )


def member(request: http.Request) -> http.Response:
    """GET /staff/api/member: by code on the card or voucher, by id, or by name and contact."""
    table = connect.lean_table()
    query = {name: value[: bodies.TEXT_MAX] for name, value in request.query.items()}
    gathered = auth.gather(table, request)
    if query.get("id"):
        holder = counter.read_holder(table, gathered, query["id"])
        return http.json_answer(200, {"member": _view(gathered, holder)})
    if query.get("code"):
        return _by_code(gathered, codes.normal(query["code"]))
    found, _ = search.members(
        table, gathered, q=query.get("q", "").strip(), tier=None, segment=None,
        limit=MATCHES, cursor=None,
    )  # fmt: skip
    return http.json_answer(200, {"members": [_view(gathered, holder) for holder in found]})


def undo(request: http.Request) -> http.Response:
    """POST /staff/api/undo: an entry of this counter is taken back within five minutes."""
    key = bodies.idempotency_key(request.headers)
    body = request.json
    member_id, seq = body.get("member_id"), body.get("seq")
    errors = bodies.fields(
        body,
        {"member_id": bodies.text(), "seq": bodies.integer(1, 10**9)},
        required=("member_id", "seq"),
    )
    bodies.require(errors)
    table = connect.lean_table()
    gathered = auth.gather(table, request)
    ledger = Ledger(table, gathered.caller.merchant_id)
    holder = counter.read_holder(table, gathered, str(member_id))
    staff = gathered.caller.staff
    read = refunds.original(
        ledger, gathered.program, holder.profile.member_id, int(str(seq)), op=f"key:{key}",
        source="staff", staff=staff.staff_id if staff else None, undo_within_ms=UNDO_MS,
    )  # fmt: skip
    if read is None or read.operation.original.kind != "earn":
        raise Refused(Code.NOT_FOUND)

    def render(decision: Decision) -> views.View:
        return views.booked(gathered.program, decision, gathered.now, holder.words)

    member = holder._replace(card=read.card)
    return counter.perform(table, gathered, member, read.operation, request, render, fresh=True)


def give(request: http.Request) -> http.Response:
    """POST /v1/gifts: a surprise that staff give, by a signed-in device or over the API."""
    key = bodies.idempotency_key(request.headers)
    body = request.json
    bodies.gift(body)
    table = connect.lean_table()
    member_id = body["member_id"]
    gathered = auth.gather(table, request, *counter.card_keys(member_id))
    holder = counter.holder(table, gathered, member_id)
    origin = counter.origin(key, gathered.caller, body)

    def render(decision: Decision) -> views.View:
        return views.earned(gathered.program, decision, gathered.now, holder.words)

    operation = Surprise(origin, body["surprise"], body.get("note"))
    return counter.perform(table, gathered, holder, operation, request, render)


def _by_code(gathered: auth.Gathered, code: str) -> http.Response:
    """The member whose card or voucher shows this code; a voucher comes with its state."""
    table, m = connect.lean_table(), gathered.caller.merchant_id
    members = Members(table, m)
    if len(code) == VOUCHER_CODE_LENGTH and (found := members.by_voucher_code(code)):
        member_id, voucher_id = found
        holder = counter.read_holder(table, gathered, member_id)
        (item,) = table.get(keys.voucher(m, member_id, voucher_id))
        if item is None:
            raise Refused(Code.NOT_FOUND)
        voucher = views.voucher(
            gathered.program, cards.voucher_of(item), holder.words, gathered.now
        )
        return http.json_answer(200, {"member": _view(gathered, holder), "voucher": voucher})
    known = members.by_code(code, calendar.to_ms(gathered.now) // 1000)
    if known is None:
        raise Refused(Code.NOT_FOUND)
    holder = counter.read_holder(table, gathered, known)
    return http.json_answer(200, {"member": _view(gathered, holder)})


def _view(gathered: auth.Gathered, holder: counter.Holder) -> views.View:
    """A card as the counter shows it: with the next reward, and rewards by name."""
    program = gathered.program
    view = views.card(program, holder.card, gathered.now, holder.words)
    view["card_url"] = None  # the link opens the card to whoever has it: it stays off the counter
    today = calendar.local_date(gathered.now, program.timezone)
    goal = card_page.goal(program, holder.card, today)
    following = None
    if goal:
        following = {"have": goal.have, "need": goal.need, "reward": holder.words.pick(goal.reward)}
    for voucher in view["vouchers"]:
        reward = program.rewards.get(voucher["reward_id"])
        voucher["name"] = holder.words.pick(reward.name) if reward else voucher["reward_id"]
    return {**view, "name": holder.profile.name or None, "next": following}


def _gifts(program: Program) -> dict[str, tuple[Text, Text]]:
    """What staff may give unasked: by id what it is for, and the reward."""
    return {
        terms.id: (terms.name, program.rewards[terms.reward].name)
        for terms in program.surprises
        if terms.by == "staff"
    }


def _stamped_today(gathered: auth.Gathered, staff_id: str) -> int:
    """Visits this device has booked since the merchant's midnight."""
    program, now = gathered.program, gathered.now
    start = calendar.local_start(calendar.local_date(now, program.timezone), program.timezone)
    return sum(
        int(entry.facts.get("visits", 0))
        for _, entry in activity.entries(
            connect.lean_table(), gathered.caller.merchant_id, start, now + timedelta(hours=1)
        )
        if entry.kind == "earn" and entry.staff == staff_id
    )


lambda_handler = http.serve(
    {
        "GET /staff/counter": messages.as_page(show),
        "GET /staff/{token}": messages.as_page(sign_in),
        "POST /staff/sign-out": messages.as_page(sign_out),
        "GET /staff/api/member": member,
        "POST /staff/api/undo": undo,
        "POST /v1/gifts": give,
    }
)
