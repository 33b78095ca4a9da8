"""Posters: what is chosen stands in the address, so that it can be kept and gone back to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from regulars.core.config import settings
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http.protocol import Response
from regulars.i18n.words import Words, languages
from regulars.pages.console.frame import forms, frame
from regulars.pages.console.frame.forms import Form
from regulars.pages.console.frame.here import Console, path, sent, shown
from regulars.pages.console.posters.view import (
    TEMPLATE,
    Option,
    PostersPage,
    Sheet,
    SourceRow,
)
from regulars.posters import choices as chosen
from regulars.posters.choices import Choices
from regulars.render import colors
from regulars.render.brand import brand_of
from regulars.render.page import language_name
from regulars.store import assets, merchant_settings

if TYPE_CHECKING:
    from regulars.posters.make import Made

PATH = "/console/posters"
USUAL = {"layout": "a5", "style": "solid", "fill": "color"}


def show(here: Console) -> Response:
    """GET /console/posters: the choices of the address, and the sheet they make."""
    return _page(here, forms.fresh())


def add(here: Console) -> Response:
    """POST /console/posters/sources: add a source, and choose it."""
    form = here.request.form
    body = {"name": form.get("name", ""), "kind": form.get("kind", "poster")}
    outcome = here.ask("POST /v1/sources", body)
    if not outcome.ok:
        return _page(here, forms.refused(here, outcome), outcome.status)
    return frame.done(PATH, "added", source=outcome.body["source_id"])


def archive(here: Console) -> Response:
    """POST /console/posters/sources/{id}/archive: put a source away, or take it back."""
    archived = here.request.form.get("archived") != "0"
    place = path("PATCH /v1/sources/{}", here.request.param("id"))
    outcome = here.ask(place, {"archived": archived})
    if not outcome.ok:
        return _page(here, forms.refused(here, outcome), outcome.status)
    return frame.done(PATH, "archived" if archived else "restored")


def _page(here: Console, form: Form, status: int = 200) -> Response:
    t, program = here.words.t, here.gathered.program
    asked = {**USUAL, **{name: value for name, value in here.request.query.items() if value}}
    asked = _speaking(asked, program.languages)
    found = here.get("/v1/sources")["items"]
    slug = _slug(here)
    sheet, errors, choices = _sheet(here, asked, slug)
    rows = tuple(_row(here.words, one, program.currency, asked, choices.source) for one in found)
    source = next((row.name for row in rows if row.is_chosen), "")
    names = _names(here.words)
    spoken = tuple((code, language_name(code)) for code in program.languages)
    view = PostersPage(
        brand_of(program), Form({**asked}, errors),
        names["layout"].get(choices.layout, ""), source, choices.source,
        {name: tuple(Option(value, label, asked.get(name, "") == value)
                     for value, label in known.items())
         for name, known in names.items()},
        choices.color or chosen.readable(program.color), sheet, rows,
        tuple(_kinds(here.words).items()), form, spoken, (("", t("no other language")), *spoken),
    )  # fmt: skip
    notice = frame.noticed(here, {
        "added": t("The source is added: this poster counts for it."),
        "archived": t("It is put away. What is printed goes on working and is counted."),
        "restored": t("It is back."),
    })  # fmt: skip
    return frame.page(here, TEMPLATE, view, "posters", status=status, notice=notice)


def _speaking(asked: dict[str, str], known: Sequence[str]) -> dict[str, str]:
    """The choices with the languages of the poster, of those of the shop: the first two where
    nothing is chosen. (`lang` of the address is the language of the page.)"""
    first = asked.get("speaks", "")
    chosen_here = first in known
    first = first if chosen_here else known[0]
    below = asked.get("below", "") if chosen_here else "".join(known[1:2])
    below = below if below in known and below != first else ""
    lang = ",".join(filter(None, (first, below)))
    return {**asked, "speaks": first, "below": below, "lang": lang}


def _slug(here: Console) -> str:
    """The name in the links of the shop that is looked at."""
    shop = here.gathered.shop
    if here.is_sandbox:
        return shop.merchant_id
    return merchant_settings.read(shop.table, shop.merchant_id)[0].slug


def _sheet(
    here: Console, asked: Mapping[str, str], slug: str
) -> tuple[Sheet | None, dict[str, str], Choices]:
    """The sheet that was asked for, with what is wrong by field; what is wrong is left out, so that
    the sheet stays as it was last good."""
    errors: dict[str, str] = {}
    kept = dict(asked)
    for _ in range(len(asked) + 1):
        try:
            choices = chosen.read(kept, "svg", tuple(languages()))
            return _drawn(here, choices, kept, slug), errors, choices
        except Refused as refused:
            if refused.code is not RefusalCode.INVALID:
                raise
            for name, message in refused.errors:
                errors[name] = _phrase(here.words, name, message)
                kept[name] = USUAL.get(name, "")
    return None, errors, Choices("a5")


def _drawn(here: Console, choices: Choices, kept: Mapping[str, str], slug: str) -> Sheet:
    from regulars.posters.content import content_of
    from regulars.posters.make import MEDIA_TYPES, make

    shop, words = here.gathered.shop, here.words
    color = choices.color or chosen.readable(shop.program.color)
    logo = assets.read(shop.table, shop.program.logo) if choices.logo is not None else None
    choices = choices._replace(color=color)
    link = chosen.link_of(settings().base_url, slug, choices.source)
    # The page says what a scanner reads; a PDF is read fastest, and is the same sheet.
    made: Made = make(content_of(shop, choices, logo), choices, link, "pdf")
    query = urlencode({name: value for name, value in kept.items()
                       if value and name in (*Choices._fields, "lang")})  # fmt: skip
    ratio = round(colors.contrast(color, colors.WHITE) * 10)
    return Sheet(
        f"/q/{slug}.svg?{query}", f"{made.sheet.width:g}", f"{made.sheet.height:g}",
        f"{made.sheet.code:g}", words.decimal(ratio, 1),
        tuple((ending, f"/q/{slug}.{ending}?{query}") for ending in MEDIA_TYPES),
    )  # fmt: skip


def _phrase(words: Words, name: str, message: str) -> str:
    """What is wrong with a choice and what to do, in the language of who is here."""
    t = words.t
    if found := re.search(r"pale to scan: ([\d.]+) to 1.*use (#[0-9a-f]{6})", message):
        ratio = words.decimal(round(float(found[1]) * 10), 1)
        return t("Too pale to scan: {ratio} to 1 on white, 3 is needed. Use {color} instead.",
                 ratio=ratio, color=found[2])  # fmt: skip
    if found := re.search(r"at most (\d+)", message):
        return t("Too large: at most {n} mm.", n=words.number(int(found[1])))
    if found := re.search(r"from (\d+) to (\d+)", message):
        return t("From {a} to {b}.", a=found[1], b=found[2])
    if "fit" in message:
        return t("It does not fit: shorten it, or make the code smaller.")
    if found := re.search(r"do not hold: (.+);", message):
        return t("These letters cannot be printed: {letters}", letters=found[1])
    if "covers" in message or "hides" in message:
        return t("The logo hides too much of the code: leave it out.")
    if name == "color":
        return t("Six digits and letters, such as #7a3a1d.")
    return forms.mistake(words, message)


def _names(words: Words) -> dict[str, dict[str, str]]:
    t = words.t
    return {
        "layout": {
            "a4": t("A4 poster"), "a5": t("A5 poster"), "tent": t("Table tent"),
            "stickers": t("Stickers"), "display": t("Till display"), "receipt": t("Receipt"),
            "window": t("Window sticker"),
        },
        "style": {
            "solid": t("Solid"), "rounded": t("Rounded"), "outline": t("Outline"),
            "gradient": t("Gradient"),
        },
        "fill": {"color": t("In the shop's colour"), "paper": t("On white paper")},
    }  # fmt: skip


def _kinds(words: Words) -> dict[str, str]:
    t = words.t
    return {
        "poster": t("Poster"), "table": t("Table"), "receipt": t("Receipt"),
        "influencer": t("Influencer"), "partner": t("Partner"), "counter": t("Counter"),
    }  # fmt: skip


def _row(
    words: Words, one: Mapping[str, str], currency: str, asked: Mapping[str, str], source: str
) -> SourceRow:
    query = {**asked, "source": one["source_id"]}
    for name in ("done", "lang"):
        query.pop(name, None)
    return SourceRow(
        one["source_id"], one["name"], _kinds(words)[one["kind"]], int(one["joins"]),
        int(one["activated"]), words.money(int(one["spend_minor"]), currency),
        f"{PATH}?{urlencode(query)}", one["figures_url"], one["source_id"] == source,
        bool(one["archived"]),
    )  # fmt: skip


ROUTES = {
    f"GET {PATH}": shown(show),
    f"POST {PATH}/sources": sent(add),
    f"POST {PATH}/sources/{{id}}/archive": sent(archive),
}
