"""Routes of the tools: JSON, templates, calculator."""

from __future__ import annotations

import copy
import json
from fractions import Fraction
from typing import Any, cast

from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import protocol
from regulars.http.protocol import Response
from regulars.pages.console.frame import frame, notation
from regulars.pages.console.frame.forms import Form
from regulars.pages.console.frame.here import Console, sent, shown
from regulars.pages.console.program import drafting, forms, problems, spoken
from regulars.pages.console.program.handlers import form_of
from regulars.pages.console.program.parts import ABOVE
from regulars.pages.console.program.tools.view import (
    CALCULATOR,
    TEMPLATE,
    TEMPLATES,
    CalculatorPage,
    Choice,
    JsonPage,
    TemplatesPage,
)
from regulars.program import templates
from regulars.program.amounts import priced
from regulars.program.check import check
from regulars.program.document import EarnRule, Reward
from regulars.render.brand import brand_of

JSON_PATH, TEMPLATES_PATH = f"{ABOVE}/json", f"{ABOVE}/templates"
CALCULATOR_PATH = f"{ABOVE}/calculator"
LINES = 5
LOOKED_AT = 100
"""Of how many members the average order is taken."""


def as_json(here: Console) -> Response:
    """GET /console/programme/json."""
    opened = drafting.open_draft(here)
    return _json(here, _text(opened.document), opened.seen)


def save_json(here: Console) -> Response:
    """POST /console/programme/json: the whole document as it was typed."""
    form = form_of(here)
    text, seen = form.get("text", ""), form.get("seen", "")
    t = here.words.t
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        worded = t("This is no JSON: {why}", why=str(error))
        return _json(here, text, seen, ((("", worded)),), status=422)
    try:
        check(copy.deepcopy(document))
    except Refused as refused:
        found = tuple((where, problems.worded(here.words, it)) for where, it in refused.errors)
        return _json(here, text, seen, found, status=422)
    saved = drafting.change(here, lambda *_: document, seen)
    if saved.conflicts:
        where = ", ".join(".".join(one.path) for one in saved.conflicts)
        worded = t(
            "{name} changed the same meanwhile; theirs is kept: {where}", name=saved.by, where=where
        )
        return _json(here, text, saved.opened.seen, (("", worded),), status=409)
    return protocol.redirect(ABOVE)


def _json(
    here: Console,
    text: str,
    seen: str,
    found: tuple[tuple[str, str], ...] = (),
    *,
    status: int = 200,
) -> Response:
    view = JsonPage(brand_of(here.gathered.program), Form(), text, seen, found)
    back = (here.words.t("Programme"), ABOVE)
    return frame.page(here, TEMPLATE, view, "programme", status=status, back=back)


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2)


def list_templates(here: Console) -> Response:
    """GET /console/programme/templates: by trade, in the shop's currency."""
    opened = drafting.open_draft(here)
    currency = opened.document["currency"]
    found = []
    for name in templates.names():
        document = priced(templates.written(name), name, currency, {})
        by = forms.reader(here.words, document)
        one = spoken.speaker(by, document)
        lines = [
            ", ".join(spoken.worded(model, part, one)[:2])
            for model, section in ((EarnRule, "earn"), (Reward, "rewards"))
            for part in document.get(section, ())
        ]
        lines += [one.names["tiers"][part["id"]] for part in document.get("tiers", ())]
        found.append(Choice(name, document["name"], tuple(lines[:LINES])))
    view = TemplatesPage(brand_of(here.gathered.program), tuple(found))
    back = (here.words.t("Programme"), ABOVE)
    return frame.page(here, TEMPLATES, view, "programme", back=back)


def take_template(here: Console) -> Response:
    """POST /console/programme/templates: its rules are the draft; the shop stays what it is."""
    name = here.request.form.get("template", "")
    if name not in templates.names():
        raise Refused(RefusalCode.NOT_FOUND)

    def make(_: dict[str, Any], opened: drafting.Opened) -> dict[str, Any]:
        own = opened.document
        document = priced(templates.written(name), name, own["currency"], {})
        kept = (
            "name", "timezone", "country", "languages", "locations", "leap_birthday", "branding",
        )  # fmt: skip
        return {**document, **{one: own[one] for one in kept if one in own}}

    drafting.change(here, make)
    return protocol.redirect(ABOVE)


def calculator(here: Console) -> Response:
    """GET /console/programme/calculator: (average order × target margin) ÷ cost per point."""
    query, words = here.request.query, here.words
    t, program = words.t, here.gathered.program
    average, average_from = _average(here)
    names = [(unit.id, words.unit(cast(Any, unit.name), 2)) for unit in program.units.values()]
    form, result = Form(dict(query)), ""
    steps: tuple[str, ...] = ()
    if "order" in query:
        form, result, steps = _calculated(here)
    view = CalculatorPage(
        brand_of(program), form, words.money(average, program.currency) if average else "",
        average_from, tuple(names), result, steps,
    )  # fmt: skip
    status = 422 if form.errors else 200
    back = (t("Programme"), ABOVE)
    return frame.page(here, CALCULATOR, view, "programme", status=status, back=back)


def _calculated(here: Console) -> tuple[Form, str, tuple[str, ...]]:
    query, words, program = dict(here.request.query), here.words, here.gathered.program
    t, currency = words.t, program.currency
    order = notation.read_money(words, query.get("order", ""), currency)
    cost = notation.read_money(words, query.get("cost", ""), currency)
    margin = notation.read_whole(query.get("margin", "").removesuffix("%"))
    errors = {}
    if not order:
        errors["order"] = t("Type a sum, such as {example}.", example=words.money(1250, currency))
    if margin is None or not 1 <= margin <= 100:
        errors["margin"] = t("Type a percentage from 1 to 100.")
    if not cost:
        example = words.money(5, currency)
        errors["cost"] = t("Type what one costs you, such as {example}.", example=example)
    if errors or not order or not cost or margin is None:
        return Form(query, errors), "", ()
    threshold = Fraction(order * margin, 100 * cost)
    points = max(1, -(-threshold.numerator // threshold.denominator))
    steps = (
        t("{order} × {margin} = {sum}: what an average order leaves for rewards",
          order=words.money(order, currency), margin=words.percent(margin),
          sum=words.money(order * margin // 100, currency)),
        t("{sum} ÷ {cost} = {n}: as many as that pays for",
          sum=words.money(order * margin // 100, currency), cost=words.money(cost, currency),
          n=words.decimal(round(threshold * 10), 1)),
    )  # fmt: skip
    unit = program.units.get(query.get("unit", ""))
    called = words.amount(cast(Any, unit.name), points) if unit else words.number(points)
    return Form(query), called, steps


def _average(here: Console) -> tuple[int, str]:
    """The average order of the newest members, in minor units, and where it comes from."""
    t = here.words.t
    items = here.get("/v1/members", limit=str(LOOKED_AT))["items"]
    visits = sum(one["visits"] for one in items)
    spend = sum(one["spend_minor"] for one in items)
    if not visits or not spend:
        return 0, t("No sales with an amount are known yet; type what you think.")
    worded = here.words.n(
        "from {n} visit of your newest members", "from {n} visits of your newest members", visits
    )
    return spend // visits, worded


ROUTES = {
    f"GET {JSON_PATH}": shown(as_json),
    f"POST {JSON_PATH}": sent(save_json),
    f"GET {TEMPLATES_PATH}": shown(list_templates),
    f"POST {TEMPLATES_PATH}": sent(take_template),
    f"GET {CALCULATOR_PATH}": shown(calculator),
}
