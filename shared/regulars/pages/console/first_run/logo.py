"""A logo for the card, and the colors that are in it."""

from __future__ import annotations

from urllib.parse import urlencode

from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import uploads
from regulars.http.uploads import Upload
from regulars.pages.console.frame import forms
from regulars.pages.console.frame.forms import Form
from regulars.pages.console.frame.here import Console
from regulars.pages.console.set_up.handlers import FIRST_RUN

MOST = 2 * 1024 * 1024
KINDS = ((b"\x89PNG", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"RIFF", "image/webp"))
"""Pictures by how they begin: what a browser says of a file follows its name alone."""


def upload(here: Console) -> str | Form:
    """Keep the picture that was sent as the logo; returns where to go on, or the form with what is
    wrong."""
    t = here.words.t
    try:
        given = uploads.upload(here.request, "logo", MOST)
    except Refused as refused:
        if refused.code is not RefusalCode.TOO_LARGE:
            raise
        return Form({}, {"logo": t("A picture may have 2 MB.")})
    return _kept(here, given)


def _kept(here: Console, given: Upload) -> str | Form:
    t = here.words.t
    kind = next((kind for begins, kind in KINDS if given.file.startswith(begins)), "")
    if not given.file:
        return Form({}, {"logo": t("Choose a picture.")})
    if not kind:
        return Form({}, {"logo": t("This is no PNG, JPEG or WebP picture.")})
    outcome = here.ask("POST /v1/assets", raw=(kind, given.file))
    if not outcome.ok:
        return Form({}, {"logo": t("This picture cannot be read. Save it again, and try it.")})
    read = here.get("/v1/program")
    document = dict(read["program"])
    document["branding"] = {**document.get("branding", {}), "logo": outcome.body["asset_id"]}
    published = here.ask("PUT /v1/program", document, if_match=str(read["version"]))
    if not published.ok:
        return Form({}, {}, forms.refusal(here.words, published))
    colors = [color.lstrip("#") for color in outcome.body["colors"]]
    return f"{FIRST_RUN}/look?{urlencode({'colors': '-'.join(colors)})}"
