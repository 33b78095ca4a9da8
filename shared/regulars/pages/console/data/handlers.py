"""Data: what can be taken out, the sandbox, closing the shop."""

from __future__ import annotations

from regulars.actions import close_shop
from regulars.core import clock
from regulars.domain import calendar
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import credentials, sessions
from regulars.http.protocol import Response
from regulars.pages import answer
from regulars.pages.console.data import sandbox
from regulars.pages.console.data.view import TEMPLATE, DataPage
from regulars.pages.console.frame import forms, frame
from regulars.pages.console.frame.forms import Form
from regulars.pages.console.frame.here import Console, sent, shown
from regulars.pages.message import view as message
from regulars.render.brand import brand_of
from regulars.store import audit
from regulars.store.closing import GRACE_MS

PATH = "/console/data"


def show(here: Console) -> Response:
    """GET /console/data."""
    return _page(here, forms.fresh())


def close(here: Console) -> Response:
    """POST /console/data/close: everything is put away, handed over, and erased in a month."""
    program, t = here.gathered.program, here.words.t
    if here.is_sandbox:
        raise Refused(RefusalCode.FORBIDDEN, "The sandbox closes with its shop.")
    credentials.require_sure(here.gathered.caller)
    if here.request.form.get("name", "").strip() != program.name:
        wrong = forms.wrong(here, name=t("Type the name exactly as it stands here."))
        return _page(here, wrong, 422)
    live, now = here.gathered.shop.merchant_id, clock.now()
    actor = credentials.actor(here.gathered.caller, here.request)
    noted = audit.put(live, calendar.to_ms(now), actor, "merchant.closed", live)
    close_shop.close(here.gathered.shop.table, live, now, noted)
    erased = calendar.local_date(calendar.from_ms(calendar.to_ms(now) + GRACE_MS), program.timezone)
    closed = message.MessagePage(
        "plain", brand_of(program), title=t("{shop} is closed", shop=program.name),
        text=t(
            "A mail brings you everything in one file. Until {date} the operator can open it "
            "again; then all members are erased.", date=here.words.date(erased),
        ),
    )  # fmt: skip
    cookies = (sessions.ended_cookie(),)
    return answer.page(200, message.TEMPLATE, closed, here.words, cookies)


def _page(here: Console, form: Form, status: int = 200) -> Response:
    view = DataPage(brand_of(here.gathered.program), here.gathered.program.name, form)
    return frame.page(here, TEMPLATE, view, "data", status=status)


ROUTES = {
    f"GET {PATH}": shown(show),
    f"POST {PATH}/close": sent(close),
    **sandbox.ROUTES,
}
"""The pages of data."""
