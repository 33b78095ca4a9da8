"""The settings of the shop."""

from __future__ import annotations

from typing import Any

from regulars.core.config import settings
from regulars.http.protocol import Response
from regulars.pages.console.frame import forms, frame, notation
from regulars.pages.console.frame.forms import Form
from regulars.pages.console.frame.here import Console, sent, shown
from regulars.pages.console.shop import hand_over
from regulars.pages.console.shop.view import TEMPLATE, ShopPage
from regulars.render.brand import brand_of
from regulars.store import merchant_settings

PATH = "/console/shop"
TEXTS = (
    "name", "postal_address", "privacy_contact", "privacy_url", "sender_name", "reply_to",
)  # fmt: skip


def show(here: Console) -> Response:
    """GET /console/shop."""
    return _page(here, forms.fresh())


def change(here: Console) -> Response:
    """POST /console/shop: what is sent is set; an empty field takes back what need not be set."""
    form = here.request.form
    body: dict[str, Any] = {name: form.get(name, "").strip() or None for name in TEXTS}
    body["name"] = body["name"] or ""
    quiet = form.get("quiet_from", ""), form.get("quiet_until", "")
    if all(quiet):
        body["quiet_hours"] = {"from": quiet[0], "until": quiet[1]}
    months = form.get("retention_months", "").strip()
    number = notation.read_whole(months)
    if months and number is None:
        return _page(here, forms.wrong(here, retention_months=here.words.t("Type a number.")), 422)
    body["retention_months"] = number if months else None
    names = {"quiet_hours.from": "quiet_from", "quiet_hours.until": "quiet_until"}
    if form.get("do") == "try":
        return _tried(here, body, names)
    outcome = here.ask("PATCH /v1/merchant", body)
    if not outcome.ok:
        return _page(here, forms.refused(here, outcome, names), outcome.status)
    return frame.done(PATH, "saved")


def _tried(here: Console, body: dict[str, Any], names: dict[str, str]) -> Response:
    """Say how many members the retention rule would erase; nothing is changed."""
    outcome = here.ask("PATCH /v1/merchant", {**body, "dry_run": True})
    if not outcome.ok:
        return _page(here, forms.refused(here, outcome, names), outcome.status)
    found, words = outcome.body["would_erase"], here.words
    text = words.n(
        "One member has not come for so long and would be erased.",
        "{n} members have not come for so long and would be erased.", found["members"],
    ) if found["members"] else words.t("Nobody would be erased today.")  # fmt: skip
    form = here.request.form
    return _page(here, Form(form, {}, "", form.get("key", "")), would_erase=text)


def rename(here: Console) -> Response:
    """POST /console/shop/address: another name in the links; the old one leads on."""
    typed = here.request.form.get("slug", "").strip().lower()
    outcome = here.ask("PATCH /v1/merchant", {"slug": typed})
    if not outcome.ok:
        refused = forms.refused(here, outcome)
        return _page(here, forms.fresh(), outcome.status, address=refused)
    return frame.done(PATH, "renamed")


def give(here: Console) -> Response:
    """POST /console/shop/owner: both mailboxes are asked."""
    wrong = hand_over.ask(here, here.request.form.get("email", ""))
    if wrong:
        return _page(here, forms.fresh(), 422, owner=forms.wrong(here, email=wrong))
    return frame.done(PATH, "asked")


def _page(
    here: Console, form: Form, status: int = 200, *, would_erase: str = "",
    address: Form | None = None, owner: Form | None = None,
) -> Response:  # fmt: skip
    t, shop = here.words.t, here.gathered.shop
    now = here.get("/v1/merchant")
    merchant, _ = merchant_settings.read(shop.table, shop.merchant_id)
    view = ShopPage(
        brand_of(here.gathered.program), now, merchant.slug,
        f"{settings().base_url}/j/{merchant.slug}", form, address or forms.fresh(),
        owner or forms.fresh(), would_erase,
    )  # fmt: skip
    notice = frame.noticed(here, {
        "saved": t("Saved."),
        "renamed": t("Saved. Links and posters with the old name go on working."),
        "asked": t("Both addresses have a mail. It is done when both have agreed."),
    })  # fmt: skip
    return frame.page(here, TEMPLATE, view, "shop", status=status, notice=notice)


ROUTES = {
    f"GET {PATH}": shown(show),
    f"POST {PATH}": sent(change),
    f"POST {PATH}/address": sent(rename),
    f"POST {PATH}/owner": sent(give),
    **hand_over.ROUTES,
}
