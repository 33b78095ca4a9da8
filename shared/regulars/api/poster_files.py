"""A shop's code and posters as files, for anybody; with words of one's own for the owner."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256

from regulars.core import checks, limits
from regulars.core.config import settings
from regulars.domain import calendar
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import credentials, headers, protocol, roles
from regulars.http.limits import source
from regulars.i18n.words import languages
from regulars.posters import choices as chosen
from regulars.posters.choices import Choices, link_of
from regulars.posters.content import Content, content_of
from regulars.posters.make import MEDIA_TYPES, Ending, Made, make
from regulars.program.load import program_of
from regulars.program.shop import Shop
from regulars.store import assets, connect, keys, merchants
from regulars.store import limits as shared
from regulars.store.limits import Counted
from regulars.store.merchants import Merchants
from regulars.store.staff import OWNER

KEPT = "public, max-age=3600"
"""How long caches keep a file: a new programme is on it an hour later at the latest."""

KEPT_HERE = 16
"""Files that a process keeps: the same one asked for again costs nothing."""


def show(request: protocol.Request) -> protocol.Response:
    """GET /q/{slug}.svg|png|pdf: drawn, read from its own picture, and given."""
    slug, ending = _named(request.param("file"))
    shop = _shop(slug)
    choices = chosen.read(request.query, ending, tuple(languages()))
    own_words = bool(choices.text or choices.frame)
    if own_words:
        _require_owner(request, shop)
    if choices.color is None and (choices.layout != "code"):
        choices = choices._replace(color=chosen.readable(shop.program.color))
    logo = assets.read(shop.table, shop.program.logo) if choices.logo is not None else None
    content = content_of(shop, choices, logo)
    link = link_of(settings().base_url, slug, choices.source)
    made = _made((content, choices, link, ending), None if own_words else request)
    return _answer(request, made, slug, choices, ending, "no-store" if own_words else KEPT)


Known = tuple[Content, Choices, str, Ending]
_kept: dict[Known, Made] = {}


def _made(known: Known, counted: protocol.Request | None) -> Made:
    """The file, drawn unless this process has just done that; who has it drawn is counted."""
    if known not in _kept:
        if counted is not None:
            _count(counted)
        made = make(*known)
        if len(_kept) >= KEPT_HERE:
            _kept.clear()
        _kept[known] = made
    return _kept[known]


def _named(file: str) -> tuple[str, Ending]:
    """The slug and the ending of a file's name; raises NOT_FOUND for another one."""
    slug, _, ending = file.lower().rpartition(".")
    if ending not in MEDIA_TYPES or not slug or len(slug) > checks.TEXT_MAX:
        raise Refused(RefusalCode.NOT_FOUND)
    return slug, ending


def _shop(slug: str) -> Shop:
    table = connect.lean_table()
    merchant_id = Merchants(table).by_slug(slug)
    if merchant_id is None:
        raise Refused(RefusalCode.NOT_FOUND)
    (item,) = table.get(keys.program(merchant_id), consistent=False)
    if item is None:
        raise Refused(RefusalCode.NOT_FOUND)
    now = merchants.now_of(merchant_id, None)
    return Shop(table, merchant_id, program_of(item).at(calendar.to_ms(now)), now)


def _require_owner(request: protocol.Request, shop: Shop) -> None:
    """Raise unless the owner of the shop is signed in: nobody else prints their words on its sheets
    at its address."""
    gathered = credentials.gather(shop.table, request)
    staff = gathered.caller.staff
    if staff is None or not roles.reaches(staff.role, OWNER):
        raise Refused(RefusalCode.FORBIDDEN, "Words of one's own are for the owner, signed in.")
    if gathered.shop.merchant_id != shop.merchant_id:
        raise Refused(RefusalCode.NOT_FOUND)


def _count(request: protocol.Request) -> None:
    """Count a file that is to be drawn; raises RATE_LIMITED for one too many."""
    if request.source:
        by = Counted(shared.named("posters", source(request)), limits.POSTERS_FOR_ONE)
        detail = "There were too many posters in a short time."
        shared.require(connect.lean_table(), by, detail=detail)


def _answer(
    request: protocol.Request,
    made: Made,
    slug: str,
    choices: Choices,
    ending: Ending,
    kept: str,
) -> protocol.Response:
    etag = f'"{sha256(made.data).hexdigest()[:32]}"'
    own = {
        **headers.OF_FILE,
        "Cache-Control": kept,
        "Content-Type": MEDIA_TYPES[ending],
        "Content-Disposition": f'inline; filename="{slug}-{choices.layout}.{ending}"',
        "ETag": etag,
    }
    if etag in request.headers.get("if-none-match", ""):
        return protocol.empty(304, own)
    return {
        **protocol.empty(200, own),
        "body": b64encode(made.data).decode(),
        "isBase64Encoded": True,
    }


ROUTES: dict[str, protocol.Handler] = {"GET /q/{file}": show}
