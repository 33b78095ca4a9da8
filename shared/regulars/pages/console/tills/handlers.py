"""Tills: which there are, their four steps, and a sample sale in the sandbox."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from regulars.actions import attention
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http.protocol import Response
from regulars.pages.console.frame import forms, frame
from regulars.pages.console.frame.forms import Form
from regulars.pages.console.frame.here import Console, instant, path, sent, shown
from regulars.pages.console.tills.view import ONE, TEMPLATE, TillPage, TillRow, TillsPage
from regulars.render.brand import brand_of
from regulars.tills import registry

PATH = "/console/tills"
WAITING_SHOWN = 100

T = Callable[..., str]

_NAMES = {
    "square": "Square", "clover": "Clover", "toast": "Toast", "lightspeed": "Lightspeed",
    "shopify": "Shopify", "woocommerce": "WooCommerce", "bigcommerce": "BigCommerce",
    "wix": "Wix", "stripe": "Stripe",
}  # fmt: skip


def show(here: Console) -> Response:
    """GET /console/tills: those whose events come, then the others."""
    shop = here.gathered.shop
    rows = [_row(here, one) for one in here.get("/v1/hooks")["items"]]
    waiting, _ = attention.page(
        shop.table, shop.merchant_id, kind="unbooked", limit=WAITING_SHOWN, cursor=None
    )
    view = TillsPage(
        brand_of(here.gathered.program), here.gathered.program.timezone, shop.now,
        tuple(row for row in rows if row.last), tuple(row for row in rows if not row.last),
        len(waiting),
    )  # fmt: skip
    return frame.page(here, TEMPLATE, view, "tills")


def show_one(here: Console) -> Response:
    """GET /console/tills/{provider}."""
    return _one(here, forms.fresh())


def change(here: Console) -> Response:
    """POST /console/tills/{provider}: the secret that the till has made, and the account."""
    provider, form = here.request.param("provider"), here.request.form
    body: dict[str, Any] = {}
    if form.get("secret", "").strip():
        body["secret"] = form["secret"].strip()
    if "account" in form:
        body["account"] = form["account"].strip() or None
    outcome = here.ask(path("PUT /v1/hooks/{}", provider), body)
    if not outcome.ok:
        return _one(here, forms.refused(here, outcome), outcome.status)
    return frame.done(f"{PATH}/{provider}", "saved")


def test(here: Console) -> Response:
    """POST /console/tills/{provider}/test: a signed sample sale through the real path, in the
    sandbox."""
    provider = here.request.param("provider")
    outcome = here.ask(path("POST /v1/test/hooks/{}", provider), {})
    if not outcome.ok:
        return _one(here, forms.refused(here, outcome), outcome.status)
    t = here.words.t
    came = 200 <= outcome.body["status"] < 300
    phrase = t("It arrived, and its signature is right.") if came else t("It was refused.")
    return _one(here, forms.fresh(), tested=phrase)


def _one(here: Console, form: Form, status: int = 200, tested: str = "") -> Response:
    t, provider = here.words.t, here.request.param("provider")
    if provider not in registry.names():
        raise Refused(RefusalCode.NOT_FOUND)
    hook = next(one for one in here.get("/v1/hooks")["items"] if one["provider"] == provider)
    asks = registry.till(provider).SECRET_FROM_PROVIDER
    row = _row(here, hook)
    view = TillPage(
        brand_of(here.gathered.program), here.gathered.program.timezone, here.gathered.now, row,
        _steps(t, provider), hook["url"], "" if asks else hook["secret"] or "", asks,
        hook["account"] or "", form, here.is_sandbox, tested,
    )  # fmt: skip
    notice = frame.noticed(here, {"saved": t("Saved. The next sale is checked with it.")})
    back = (t("Tills and shops"), PATH)
    return frame.page(here, ONE, view, "tills", status=status, notice=notice, back=back)


def _row(here: Console, hook: Mapping[str, Any]) -> TillRow:
    t = here.words.t
    states = {
        "live": t("connected"), "pending": t("waits for the first sale"), "unset": t("not set up"),
    }  # fmt: skip
    last = hook["last_event_at"]
    return TillRow(
        hook["provider"],
        _NAMES.get(hook["provider"], t("Any other till")),
        states[hook["state"]],
        instant(last) if last else None,
    )


def _steps(t: T, provider: str) -> tuple[str, ...]:
    """Where a webhook is set in each till's own settings (names as the vendors write them)."""
    known = {
        "square": "Developer Dashboard › Webhooks › Subscriptions › Add subscription",
        "clover": "Developer Dashboard › App › Webhooks",
        "toast": "Toast Web › Integrations › Webhooks",
        "lightspeed": "Setup › Webhooks",
        "shopify": "Settings › Notifications › Webhooks",
        "woocommerce": "WooCommerce › Settings › Advanced › Webhooks",
        "bigcommerce": "Settings › API › Webhooks",
        "wix": "Dev Center › App › Webhooks",
        "stripe": "Developers › Webhooks › Add endpoint",
    }
    place = known.get(provider, "")
    return (place,) if place else ()


ROUTES = {
    f"GET {PATH}": shown(show),
    f"GET {PATH}/{{provider}}": shown(show_one),
    f"POST {PATH}/{{provider}}": sent(change),
    f"POST {PATH}/{{provider}}/test": sent(test),
}
