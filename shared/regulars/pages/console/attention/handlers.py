"""What needs a person: the list, and doing something about one of it."""

from __future__ import annotations

from regulars.actions import attention
from regulars.actions.attention import AttentionItem
from regulars.api.attention import DO
from regulars.domain.calendar import from_ms
from regulars.http.protocol import Response
from regulars.pages.console.attention.view import TEMPLATE, AttentionPage, Item
from regulars.pages.console.frame import attending, forms, frame
from regulars.pages.console.frame.attending import PATH
from regulars.pages.console.frame.forms import Form
from regulars.pages.console.frame.here import Console, path, sent, shown
from regulars.render.brand import brand_of

PAGE = 25


def show(here: Console) -> Response:
    """GET /console/attention: the newest first."""
    return _page(here, forms.fresh())


def act(here: Console) -> Response:
    """POST /console/attention/{id}: try again, repair, hold a card, or be done with it."""
    item_id, do = here.request.param("id"), here.request.form.get("do", "")
    shop = here.gathered.shop
    item = attention.find(shop.table, shop.merchant_id, item_id)
    is_fraud = item is not None and item.kind == "fraud"
    operation = path(f"POST /v1/{'fraud' if is_fraud else 'attention'}/{{}}", item_id)
    outcome = here.ask(operation, {"do": do})
    if not outcome.ok:
        return _page(here, forms.refused(here, outcome), outcome.status)
    if not is_fraud and outcome.body["state"] == "open":
        t = here.words.t
        why = t("It was tried again and still does not work: {why}", why=outcome.body["why"])
        return _page(here, Form({"id": item_id}, {}, why), 409)
    return frame.done(PATH, do)


def _page(here: Console, form: Form, status: int = 200) -> Response:
    shop, t = here.gathered.shop, here.words.t
    items, following = attending.page(here, PAGE, here.request.query.get("cursor"))
    rows = tuple(_row(here, item) for item in items)
    view = AttentionPage(
        brand_of(here.gathered.program), here.gathered.program.timezone, shop.now, rows, form,
        f"{PATH}?cursor={following}" if following else "",
    )  # fmt: skip
    notice = frame.noticed(here, {
        "dismiss": t("It is off the list."), "retry": t("Done."),
        "repair": t("The card is repaired."),
        "hold": t("The card redeems nothing until you release it."),
        "reverse": t("It was taken back."), "move": t("Done."),
    })  # fmt: skip
    return frame.page(here, TEMPLATE, view, "today", status=status, notice=notice)


def _row(here: Console, item: AttentionItem) -> Item:
    t = here.words.t
    words = {
        "retry": attending.action(here, item), "repair": attending.action(here, item),
        "move": t("Book it on the other card"), "hold": t("Hold the card"),
        "reverse": t("Take it back"), "dismiss": t("All right like this"),
    }  # fmt: skip
    known = DO.get(item.kind, {})
    order = [do for do in ("reverse", "hold", "repair", "retry", "move", "dismiss") if do in known]
    about = item.about
    links = [(f"/console/members/{one}", t("The card")) for one in about.get("members", ())[:3]] + (
        [(f"/console/members/{about['member_id']}", t("The card"))] if "member_id" in about else []
    )
    if item.kind == "key_expiring":
        links, order = [("/console/keys", t("API keys"))], ["dismiss"]
    why = "" if item.kind == "fraud" else item.why
    return Item(
        item.id, attending.title(here, item), why, from_ms(item.at_ms),
        tuple((do, words[do]) for do in order), tuple(links),
    )  # fmt: skip


ROUTES = {f"GET {PATH}": shown(show), f"POST {PATH}/{{id}}": sent(act)}
"""The list and its forms."""
