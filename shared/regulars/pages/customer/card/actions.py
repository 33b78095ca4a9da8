"""The route by which a member says that something was done for which there is a reward."""

from __future__ import annotations

import re
from typing import Literal

from regulars.actions import waiting_actions
from regulars.core import checks, typed
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import protocol
from regulars.pages import answer
from regulars.pages.customer.card import opening
from regulars.pages.customer.card.showing import page

ONCE = re.compile(r"[0-9a-z]{8,40}")


def claim(request: protocol.Request) -> protocol.Response:
    """POST /card/{slug}/actions: the member says that something was done. It is rewarded where the
    programme trusts them, else it waits for the owner. A form leads back to the card; JSON is
    answered with what became of it."""
    protocol.require_own_page(request)
    one = opening.by_cookie(request)
    as_json = request.headers.get("content-type", "").partition(";")[0] == "application/json"
    sent = request.json if as_json else request.form
    action, ref = sent.get("action"), typed.trimmed(str(sent.get("ref") or ""))
    good = isinstance(action, str) and len(ref) <= checks.TEXT_MAX and checks.printable(ref)
    once = str(sent.get("once") or "")
    if not ONCE.fullmatch(once):
        once = f"{action}:{one.card.seq}"
    try:
        if not good:
            raise Refused(RefusalCode.INVALID)
        waits = waiting_actions.claim(one.shop, one.card, str(action), ref, f"action:{once}")
    except Refused as refused:
        if as_json or refused.code.transient:
            raise
        if refused.code is RefusalCode.LIMIT_REACHED:
            return page(request, one, 409, one.words.t("you have had it as often as it goes"))
        return page(request, one, 422, one.words.t("Please try that again."))
    if as_json:
        status: Literal["waiting", "granted"] = "waiting" if waits else "granted"
        return protocol.json_answer(202 if waits else 200, {"action": action, "status": status})
    return protocol.redirect(f"{one.path}#actions")


ROUTES = {"POST /card/{slug}/actions": answer.as_page(claim)}
