"""The first run: three short steps, each saved when it is sent; all can be done later, or again."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from regulars.api import merchants
from regulars.api.models import NewMerchant
from regulars.core.config import settings
from regulars.domain import calendar
from regulars.domain import program as domain
from regulars.domain.card import Card
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import protocol
from regulars.http.protocol import Response
from regulars.i18n import languages
from regulars.pages.console.first_run import logo
from regulars.pages.console.first_run.view import TEMPLATE, FirstRunPage, Trade
from regulars.pages.console.frame import forms, frame
from regulars.pages.console.frame.forms import Form
from regulars.pages.console.frame.frame import HOME
from regulars.pages.console.frame.here import Console, path, sent, shown
from regulars.pages.console.set_up.handlers import FIRST_RUN, trades
from regulars.pages.customer.card import ladder
from regulars.program.load import load
from regulars.render.brand import brand_of
from regulars.store import merchant_settings
from regulars.store.merchant_settings import Known
from regulars.store.staff import MANAGER
from regulars.views import customer
from regulars.views.customer import GoalPanel

T = Callable[..., str]
STEPS = ("trade", "look", "counter")
COLORS_SHOWN = 5
SHOWN_OF_TEN = 7
"""How full the cards of the preview are, in tenths."""


def begin(here: Console) -> Response:
    """GET /console/first-run: to the step that is next; from the beginning when it was done."""
    shop = here.gathered.shop
    _, settings = merchant_settings.read(shop.table, shop.merchant_id)
    resumes = settings.set_up_step in STEPS and not settings.set_up_done
    return protocol.redirect(f"{FIRST_RUN}/{settings.set_up_step if resumes else STEPS[0]}")


def show(here: Console) -> Response:
    """GET /console/first-run/{step}."""
    return _page(here, forms.fresh())


def save(here: Console) -> Response:
    """POST /console/first-run/{step}: saved, and on to the next."""
    step = _step(here)
    if step == "counter":
        return _counter(here)
    read = here.get("/v1/program")
    make = {"trade": _of_trade, "look": _of_look}[step]
    document = make(here, read["program"])
    outcome = here.ask("PUT /v1/program", document, if_match=str(read["version"]))
    if not outcome.ok:
        names = {"branding.color": "color", "branding.icon": "icon"}
        form = forms.refused(here, outcome, names)
        if outcome.code is RefusalCode.LOSSES:
            problem = here.words.t(
                "Members hold something already that this programme does not have. Change it "
                "under Programme, where you see what would happen to them."
            )
            form = form._replace(problem=problem)
        return _page(here, form, outcome.status)
    following = STEPS[STEPS.index(step) + 1]
    _came_to(here, following)
    return protocol.redirect(f"{FIRST_RUN}/{following}")


def _came_to(here: Console, step: str) -> None:
    """Keep how far the first run has come; a step that is done again leads nobody back."""
    shop = here.gathered.shop

    def make(known: Known) -> Known:
        merchant, settings = known
        before = STEPS.index(settings.set_up_step) if settings.set_up_step in STEPS else 0
        furthest = STEPS[max(before, STEPS.index(step))]
        return merchant, settings._replace(set_up_step=furthest)

    merchant_settings.change(shop.table, shop.merchant_id, make)


def keep_logo(here: Console) -> Response:
    """POST /console/first-run/look/logo: a picture that was uploaded, and back to the colors."""
    done = logo.upload(here)
    if isinstance(done, Form):
        return _page(here, done, 422, step="look")
    return protocol.redirect(done)


def _counter(here: Console) -> Response:
    """A code for the counter's device; or the end of the first run."""
    if here.request.form.get("do") != "device":
        here.ask("PATCH /v1/merchant", {"set_up_done": True})
        return protocol.redirect(HOME)
    people = here.get("/v1/staff")["items"]
    person = next((one for one in people if one["role"] == MANAGER), people[0])
    name = here.words.t("Counter")
    outcome = here.ask(path("POST /v1/staff/{}/devices", person["staff_id"]), {"name": name})
    if not outcome.ok:
        return _page(here, forms.refused(here, outcome), outcome.status)
    return _page(here, forms.fresh(), link=(outcome.body["enrol_url"], outcome.body["svg"]))


def _of_trade(here: Console, document: dict[str, Any]) -> dict[str, Any]:
    """The template that was chosen, with what the shop has of its own."""
    wanted = _template(document, here.request.form.get("template", ""))
    return {**wanted, "branding": {**wanted.get("branding", {}), **_own_look(document)}}


def _own_look(document: dict[str, Any]) -> dict[str, Any]:
    branding = document.get("branding", {})
    return {name: branding[name] for name in ("color", "logo") if name in branding}


def _of_look(here: Console, document: dict[str, Any]) -> dict[str, Any]:
    form = here.request.form
    spoken = [code for code in languages() if form.get(f"speaks-{code}")]
    own = [code for code in document["languages"] if code in spoken]
    color = form.get("of-logo") or form.get("color", "")
    branding = {**document.get("branding", {}), "color": color}
    if form.get("icon"):
        branding["icon"] = form["icon"]
    return {
        **document,
        "name": form.get("name", "").strip(),
        "languages": [*own, *(code for code in spoken if code not in own)],
        "branding": branding,
    }


def _template(document: dict[str, Any], template: str) -> dict[str, Any]:
    """A template in the name, money, zone and languages of a programme; raises INVALID."""
    body = NewMerchant.model_construct(
        name=document["name"], slug="", template=template, currency=document["currency"],
        timezone=document["timezone"], languages=document["languages"], owner_email="", prices=None,
    )  # fmt: skip
    return merchants.document_of(body)


def _step(here: Console) -> str:
    step = here.request.param("step")
    if step not in STEPS:
        raise Refused(RefusalCode.NOT_FOUND)
    return step


def _page(
    here: Console, form: Form, status: int = 200, link: tuple[str, str] | None = None,
    step: str = "",
) -> Response:  # fmt: skip
    t, step, shop = here.words.t, step or _step(here), here.gathered.shop
    document = here.get("/v1/program")["program"]
    program = here.gathered.program
    merchant, _ = merchant_settings.read(shop.table, shop.merchant_id)
    view = FirstRunPage(
        brand_of(program), step,
        (("trade", t("What do you sell?")), ("look", t("Colours and languages")),
         ("counter", t("Counter and poster"))),
        form,
        trades=tuple(_trades(here, document)) if step == "trade" else (),
        goal=_goal(program, shop.now),
        icons=_icons(t),
        languages=tuple(languages().items()), spoken=program.languages, name=program.name,
        found=_found(here),
        color=program.color, zone=program.timezone,
        join_url=f"{settings().base_url}/j/{merchant.slug}",
        enroll_url=link[0] if link else "",
        enroll_code=Markup(link[1]) if link else None,  # noqa: S704 - drawn by the API
    )  # fmt: skip
    return frame.page(here, TEMPLATE, view, "first-run", status=status)


def _trades(here: Console, document: dict[str, Any]) -> list[Trade]:
    found = []
    words = here.words
    for template, name in trades(words.t):
        program = load(_template(document, template), 1)
        rows = tuple((step.name, _entry(step)) for step in ladder.steps(program, Card(""), words))
        found.append(Trade(template, name, _goal(program, here.gathered.now), rows))
    return found


def _entry(step: ladder.Step) -> str:
    """What a tier costs or how it is reached, and what it gives, in few words."""
    return " · ".join(filter(None, (step.price or step.how, ", ".join(step.gives[:2]))))


def _goal(program: domain.Program, now: Any) -> GoalPanel | None:
    """The goal of a card that is seven tenths full."""
    today = calendar.local_date(now, program.timezone)
    goal = customer.goal(program, Card(""), today)
    return goal and goal._replace(have=goal.need * SHOWN_OF_TEN // 10)


def _found(here: Console) -> tuple[str, ...]:
    """The colors of the logo that was just uploaded."""
    found = re.findall(r"[0-9a-f]{6}", here.request.query.get("colors", ""))
    return tuple(f"#{one}" for one in found[:COLORS_SHOWN])


def _icons(t: T) -> tuple[tuple[str, str], ...]:
    return (
        ("cup", t("cup")), ("plate", t("plate")), ("scissors", t("scissors")),
        ("bread", t("bread")), ("book", t("book")), ("drop", t("drop")),
        ("paw", t("paw")), ("gift", t("gift")),
    )  # fmt: skip


ROUTES = {
    f"GET {FIRST_RUN}": shown(begin),
    f"GET {FIRST_RUN}/{{step}}": shown(show),
    f"POST {FIRST_RUN}/{{step}}": sent(save),
    f"POST {FIRST_RUN}/look/logo": sent(keep_logo),
}
