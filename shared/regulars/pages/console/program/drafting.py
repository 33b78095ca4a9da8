"""The draft that is being edited: opened over the programme in force, and saved so that two who
edit at once lose nothing of each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from regulars.domain.calendar import to_ms
from regulars.domain.refusals import RefusalCode, Refused
from regulars.pages.console.frame.here import Console
from regulars.pages.console.program import merging
from regulars.pages.console.program.merging import Conflict
from regulars.store import drafts
from regulars.store.drafts import Draft

TRIES = 5


class Opened(NamedTuple):
    """What is edited, and the programme in force that members see meanwhile."""

    draft: Draft
    document: dict[str, Any]
    published: dict[str, Any]
    version: int
    published_at: str
    conflicts: tuple[Conflict, ...] = ()
    """What was published meanwhile and the draft says otherwise; it is as in the draft."""

    @property
    def is_changed(self) -> bool:
        return self.document != self.published

    @property
    def seen(self) -> str:
        """What a form says about the draft that it was made from."""
        return f"{self.draft.number}.{self.version}"


class Saved(NamedTuple):
    """What became of a change: the draft as it is now, and what somebody else has changed, too."""

    opened: Opened
    conflicts: tuple[Conflict, ...] = ()
    by: str = ""
    at_ms: int = 0
    seen: Mapping[str, Any] | None = None


def open_draft(here: Console) -> Opened:
    """The draft, or the programme in force where nothing is edited. Of a draft over an earlier
    version what was published since is put in."""
    shop = here.gathered.shop
    answer = here.get("/v1/program")
    draft = drafts.read(shop.table, shop.merchant_id)
    published, version = dict(answer["program"]), int(answer["version"])
    document = draft.document
    conflicts: tuple[Conflict, ...] = ()
    if document is None:
        document = published
    elif draft.base != version:
        base = here.get("/v1/program", version=str(draft.base))["program"]
        merged = merging.merge(base, published, document)
        document, conflicts = merged.document, merged.conflicts
    return Opened(draft, document, published, version, answer["published_at"], conflicts)


def as_seen(here: Console, opened: Opened, seen: str) -> dict[str, Any]:
    """The document that a form was made from; the one of now where that is not known."""
    number, _, version = seen.partition(".")
    if seen == opened.seen or not number.isdigit() or not version.isdigit():
        return opened.document
    shop = here.gathered.shop
    if int(number):
        draft = drafts.earlier(shop.table, shop.merchant_id, int(number))
        if draft and draft.document is not None:
            return draft.document
    outcome = here.ask("GET /v1/program", query={"version": version})
    return dict(outcome.body["program"]) if outcome.ok else opened.document


def change(
    here: Console, make: Callable[[dict[str, Any], Opened], dict[str, Any]], seen: str = ""
) -> Saved:
    """Save what `make` makes of the document that a form was made from, together with what others
    have changed since. `make` may raise; nothing is saved then.

    Raises CONFLICT when others save all the time.
    """
    for _ in range(TRIES):
        opened = open_draft(here)
        known = as_seen(here, opened, seen)
        mine = make(known, opened)
        merged = merging.merge(known, mine, opened.document)
        saved = _save(here, opened, merged.document)
        if saved is not None:
            draft = opened.draft
            return Saved(saved, merged.conflicts, draft.by, draft.at_ms, known)
    raise Refused(RefusalCode.CONFLICT, "Others edit the programme at this moment; try again.")


def _save(here: Console, opened: Opened, document: dict[str, Any]) -> Opened | None:
    """Write a document as the draft, or that nothing is edited any more where it is as published;
    None when somebody else was faster."""
    is_new = document != opened.document or opened.draft.base != opened.version
    if document == opened.document and (opened.draft.document is None or not is_new):
        return opened
    edited = None if document == opened.published else document
    shop = here.gathered.shop
    new = Draft(0, edited, opened.version, here.session.name, to_ms(here.gathered.now))
    draft = drafts.save(shop.table, shop.merchant_id, opened.draft, new)
    return opened._replace(draft=draft, document=document) if draft else None


def discard(here: Console) -> int:
    """Edit nothing any more; returns the number of the save under which it comes back."""
    saved = change(here, lambda _, opened: opened.published)
    return saved.opened.draft.number - 1


def bring_back(here: Console, number: int) -> bool:
    """Edit again what was discarded; False when that is not known any more."""
    shop = here.gathered.shop
    draft = drafts.earlier(shop.table, shop.merchant_id, number)
    if draft is None or draft.document is None:
        return False
    document = draft.document
    change(here, lambda *_: document)
    return True


def publish_done(here: Console, document: Mapping[str, Any]) -> None:
    """Forget the draft once it is the programme in force; what was changed meanwhile stays."""
    change(here, lambda known, _: dict(known), "")
