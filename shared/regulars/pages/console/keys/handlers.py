"""API keys: made, renewed with an overlap, revoked."""

from __future__ import annotations

from regulars.http.protocol import Response
from regulars.pages.console.frame import forms, frame
from regulars.pages.console.frame.forms import Form
from regulars.pages.console.frame.here import Console, instant, path, sent, shown
from regulars.pages.console.keys.view import TEMPLATE, KeyRow, KeysPage
from regulars.render.brand import brand_of

PATH = "/console/keys"
OVERLAP_HOURS = 24


def show(here: Console) -> Response:
    """GET /console/keys."""
    return _page(here, forms.fresh())


def create(here: Console) -> Response:
    """POST /console/keys: a new key; its secret is on the page that answers, and nowhere else."""
    form = here.request.form
    body = {"name": form.get("name", "").strip(), "scopes": [form.get("scope", "till")]}
    outcome = here.ask("POST /v1/keys", body)
    if not outcome.ok:
        return _page(here, forms.refused(here, outcome, {"scopes": "scope"}), outcome.status)
    return _page(here, forms.fresh(), secret=(outcome.body["key"], outcome.body["name"]))


def roll(here: Console) -> Response:
    """POST /console/keys/{id}/roll: another key; the old one goes on for a day."""
    key_id = here.request.param("id")
    outcome = here.ask(path("POST /v1/keys/{}/roll", key_id), {"overlap_hours": OVERLAP_HOURS})
    if not outcome.ok:
        return _page(here, forms.refused(here, outcome), outcome.status)
    return _page(here, forms.fresh(), secret=(outcome.body["key"], outcome.body["name"]))


def revoke(here: Console) -> Response:
    """POST /console/keys/{id}/revoke: from now on the key is unknown."""
    outcome = here.ask(path("DELETE /v1/keys/{}", here.request.param("id")))
    if not outcome.ok:
        return _page(here, forms.refused(here, outcome), outcome.status)
    return frame.done(PATH, "revoked")


def _page(
    here: Console, form: Form, status: int = 200, secret: tuple[str, str] = ("", "")
) -> Response:
    t, program = here.words.t, here.gathered.program
    names = {
        "till": t("a till"), "read": t("reading only"), "export": t("taking data out"),
        "full": t("everything"), "publishable": t("a shop's page in the browser"),
    }  # fmt: skip
    states = {"live": t("in use"), "expired": t("over"), "revoked": t("revoked")}
    rows = tuple(
        KeyRow(
            one["key_id"],
            one["name"],
            ", ".join(names.get(scope, scope) for scope in one["scopes"]),
            instant(one["created_at"]) if one["created_at"] else None,
            instant(one["expires_at"]) if one["expires_at"] else None,
            one["state"] == "live",
            states[one["state"]],
        )
        for one in here.get("/v1/keys")["items"]
    )
    choices = tuple((scope, names[scope]) for scope in ("till", "read", "export", "full"))
    view = KeysPage(
        brand_of(program), program.timezone, here.gathered.now, rows, choices, form, *secret
    )
    notice = frame.noticed(here, {"revoked": t("Nothing can use that key any more.")})
    return frame.page(here, TEMPLATE, view, "keys", status=status, notice=notice)


ROUTES = {
    f"GET {PATH}": shown(show),
    f"POST {PATH}": sent(create),
    f"POST {PATH}/{{id}}/roll": sent(roll),
    f"POST {PATH}/{{id}}/revoke": sent(revoke),
}
