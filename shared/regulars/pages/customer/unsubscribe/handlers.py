"""The unsubscribe page's routes: GET asks, POST acts."""

from __future__ import annotations

from regulars.actions.consent import stop_mails
from regulars.core import tokens
from regulars.domain.calendar import to_ms
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import protocol
from regulars.pages import answer
from regulars.pages.customer.unsubscribe import view
from regulars.pages.customer.words import member_words
from regulars.program.load import program_of
from regulars.render.brand import brand_of
from regulars.store import connect, keys
from regulars.store.members import Members
from regulars.store.merchants import now_of
from regulars.store.profiles import profile_of


def ask_unsubscribe(request: protocol.Request) -> protocol.Response:
    """GET /u/{token}: asks; scanners that follow links change nothing."""
    return _unsubscribe(request, done=False)


def unsubscribe(request: protocol.Request) -> protocol.Response:
    """POST /u/{token}: no more mails. One click (RFC 8058), as often as you like."""
    return _unsubscribe(request, done=True)


def _unsubscribe(request: protocol.Request, *, done: bool) -> protocol.Response:
    table = connect.lean_table()
    named = tokens.read_unsubscribe_token(request.param("token"))
    if named is None:
        raise Refused(RefusalCode.NOT_FOUND)
    merchant_id, member_id = named
    program_item, item = table.get(keys.program(merchant_id), keys.profile(merchant_id, member_id))
    if program_item is None or item is None:
        raise Refused(RefusalCode.NOT_FOUND)
    found, program = profile_of(item), program_of(program_item)
    members = Members(table, merchant_id)
    profile = members.profile(found.merged_into) if found.merged_into else found
    if profile is None or profile.erased_ms:
        raise Refused(RefusalCode.NOT_FOUND)
    if done:
        stop_mails(members, profile, to_ms(now_of(merchant_id, None)))
    shown = view.UnsubscribePage(brand_of(program), request.path, done=done)
    return answer.page(200, view.TEMPLATE, shown, member_words(request, profile, program))


ROUTES = {
    "GET /u/{token}": answer.as_page(ask_unsubscribe),
    "POST /u/{token}": answer.as_page(unsubscribe),
}
