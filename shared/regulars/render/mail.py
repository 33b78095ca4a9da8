"""Mails: blocks in, HTML with inline styles and the same words as plain text out."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, NamedTuple

from jinja2 import Template

from regulars.core.config import settings
from regulars.i18n import Words
from regulars.render import layout
from regulars.render.brand import Brand
from regulars.render.colors import palette
from regulars.render.page import environment


class MailBlock(NamedTuple):
    """One piece of a mail; texts are in the reader's language already.

    `title` (one per mail, first), `text`, `note` (small print), `button` (text, url), `stamps`
    (have, need), `figures` (rows of number, label, comparison), `rows` (rows of left, right) and
    `todo` (rows of what, what to do, url).
    """

    kind: Literal["title", "text", "note", "button", "stamps", "figures", "rows", "todo"]
    text: str = ""
    url: str = ""
    have: int = 0
    need: int = 0
    rows: tuple[tuple[str, ...], ...] = ()


class MailBody(NamedTuple):
    """One mail. `reason` says why it came; `unsubscribe_url` is absolute, None for mails that
    belong to the service itself (a sign-in link)."""

    brand: Brand
    subject: str
    blocks: tuple[MailBlock, ...]
    preview: str = ""
    reason: str = ""
    unsubscribe_url: str | None = None
    address: str = ""
    """Who sends it and where they are, in one line."""


def mail(view: MailBody, words: Words) -> tuple[str, str]:
    """(html, text) of one mail. The text part says everything the HTML part says."""
    html = _template().render(
        view=view,
        brand=view.brand,
        base=settings().base_url if view.brand.logo else "",
        w=words,
        t=words.t,
        c=palette(view.brand.color),
        font="Inter,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif",
    )
    return html, _text(view, words)


@lru_cache(maxsize=1)
def _template() -> Template:
    return environment().get_template("mail.html")


def _text(view: MailBody, words: Words) -> str:
    parts = [text for text in map(_block_text, view.blocks) if text]
    foot = [line for line in (view.reason,) if line]
    if view.unsubscribe_url:
        foot.append(words.t("Stop these mails: {url}", url=view.unsubscribe_url))
    if view.address:
        foot.append(view.address)
    signature = "\n".join(["--", view.brand.name, *foot])
    return "\n\n".join([*parts, signature]) + "\n"


def _block_text(block: MailBlock) -> str:
    if block.kind == "title":
        return f"{block.text}\n{'=' * min(len(block.text), 60)}"
    if block.kind == "button":
        return f"{block.text}:\n{block.url}"
    if block.kind == "stamps":
        filled = min(block.have, block.need)
        if block.need > layout.MOST_STAMPS:
            circles = ""
        else:
            circles = f"{'●' * filled}{'○' * (block.need - filled)}  "
        after = f" · {block.text}" if block.text else ""
        return f"{circles}{block.have} / {block.need}{after}"
    if block.rows:
        lines = ["  ".join(cell for cell in row if cell) for row in block.rows]
        return "\n".join([block.text, *lines] if block.text else lines)
    return block.text
