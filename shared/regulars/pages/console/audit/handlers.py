"""The audit trail: the newest first, of one kind, since a day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from regulars.http.protocol import Response
from regulars.pages.console.audit.view import TEMPLATE, AuditPage, Done
from regulars.pages.console.frame import frame
from regulars.pages.console.frame.here import Console, instant, shown
from regulars.render.brand import brand_of

PATH = "/console/audit"
SHOWN_CHARACTERS = 120

T = Callable[..., str]


def kinds(t: T) -> dict[str, str]:
    """What the log tells of, in words; what is not here stands with its own name."""
    return {
        "program.published": t("programme published"),
        "program.scheduled": t("programme scheduled"),
        "program.withdrawn": t("scheduled programme taken back"),
        "merchant.changed": t("settings changed"),
        "merchant.hand_over": t("new owner asked for"),
        "merchant.owner": t("owner's mailbox changed"),
        "merchant.limits": t("limits changed"),
        "merchant.closed": t("shop closed"),
        "merchant.reopened": t("shop opened again"),
        "staff.created": t("person added"),
        "staff.changed": t("person changed"),
        "staff.removed": t("person taken off"),
        "device.invited": t("code for a device shown"),
        "device.enrolled": t("device enrolled"),
        "device.revoked": t("device blocked"),
        "key.created": t("API key made"),
        "key.rolled": t("API key renewed"),
        "key.revoked": t("API key revoked"),
        "hook.changed": t("till set up"),
        "member.erased": t("member erased"),
        "member.merged": t("cards merged"),
        "member.unmerged": t("merge undone"),
        "contact.confirmed": t("contact confirmed"),
        "card.held": t("card put on hold"),
        "card.released": t("card released"),
        "card.link_renewed": t("card link renewed"),
        "passkey.created": t("passkey added"),
        "passkey.removed": t("passkey removed"),
        "passkey.signed_in": t("signed in by passkey"),
        "passkey.refused": t("passkey refused"),
    }


def show(here: Console) -> Response:
    """GET /console/audit."""
    query, t = here.request.query, here.words.t
    asked = {name: query[name] for name in ("what", "cursor") if query.get(name)}
    since = query.get("since", "")
    if since:
        asked["from"] = since
    outcome = here.ask("GET /v1/audit", query=asked)
    found = outcome.body if outcome.ok else here.get("/v1/audit")
    names = kinds(t)
    items = tuple(_done(here, one, names) for one in found["items"])
    kept = {name: query.get(name, "") for name in ("what", "since") if query.get(name)}
    older = f"{PATH}?{urlencode({**kept, 'cursor': found['next']})}" if found["next"] else ""
    program = here.gathered.program
    view = AuditPage(
        brand_of(program), program.timezone, here.gathered.now, items,
        tuple(sorted(names.items(), key=lambda pair: pair[1])), query.get("what", ""), since, older,
    )  # fmt: skip
    return frame.page(here, TEMPLATE, view, "audit")


def _done(here: Console, one: Mapping[str, Any], names: Mapping[str, str]) -> Done:
    t, who = here.words.t, one["who"]
    called = {"platform": t("the operator"), "job": t("by itself"), "member": t("the member")}
    source = one["from"]
    known = (t("from {network}", network=source["network"]) if source["network"] else "",)
    return Done(
        instant(one["at"]),
        who["name"] or called.get(who["kind"], t("an API key")),
        names.get(one["what"], one["what"]),
        one["target"] if one["what"].startswith(("member.", "card.")) else "",
        tuple(_changes(one["before"], one["after"])),
        " ".join(filter(None, known)),
    )


def _changes(before: Any, after: Any) -> list[tuple[str, str, str]]:
    """What differs, by name; what is no record of fields is left out."""
    first = before if isinstance(before, Mapping) else {}
    second = after if isinstance(after, Mapping) else {}
    names = dict.fromkeys((*first, *second))
    return [
        (str(name), _text(first.get(name)), _text(second.get(name)))
        for name in names
        if first.get(name) != second.get(name)
    ]


def _text(value: Any) -> str:
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    elif isinstance(value, Mapping):
        value = ", ".join(f"{name} {one}" for name, one in value.items())
    return "" if value is None else str(value)[:SHOWN_CHARACTERS]


ROUTES = {f"GET {PATH}": shown(show)}
