"""How a card is opened: by what the browser holds of it, or by its link alone."""

from __future__ import annotations

import re
from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote

from regulars.core import checks, tokens
from regulars.domain.calendar import to_ms
from regulars.domain.card import Card
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import card_holders, credentials, protocol
from regulars.i18n.words import Words
from regulars.pages.customer.words import member_words
from regulars.program.load import program_of
from regulars.program.shop import Shop
from regulars.store import cards, connect, keys, merchants
from regulars.store.card_devices import CardDevice, with_secret
from regulars.store.marshal import Item
from regulars.store.members import card_of_link, link_token
from regulars.store.profiles import Profile, profile_of
from regulars.store.table import Table

TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Opened(NamedTuple):
    """An opened card. `device` is this browser, when the card lives on it; `slug` is empty for a
    card that was opened by its link."""

    shop: Shop
    card: Card
    profile: Profile
    words: Words
    device: CardDevice | None
    slug: str = ""

    @property
    def member_id(self) -> str:
        return self.profile.member_id

    @property
    def link(self) -> str:
        """The path of the card's link."""
        token = link_token(self.shop.merchant_id, self.profile)
        return f"/c/{token}"

    @property
    def path(self) -> str:
        """The path of the page."""
        return f"/card/{self.slug}" if self.slug else self.link

    @property
    def may_use(self) -> bool:
        """Whether rewards can be taken and shown here. A card that lives nowhere yet - it was not
        made on a page - is used by whoever has its link, until a device takes it."""
        return self.device is not None or not self.profile.devices


class Holder(NamedTuple):
    """Whose card it is, and whether it may be used here: all that the card's code is made of."""

    merchant_id: str
    profile: Profile
    may_use: bool
    now: datetime


class NoCardError(Refused):
    """The browser holds no card of the merchant, or none that is good (any more)."""

    def __init__(self, merchant_id: str) -> None:
        super().__init__(RefusalCode.NOT_FOUND)
        self.merchant_id = merchant_id


def opened(request: protocol.Request) -> Opened:
    """The card that a request is about, by its route."""
    return by_link(request) if "{token}" in request.route else by_cookie(request)


def holder(request: protocol.Request) -> Holder:
    """Who holds the card that the browser holds: by the profile alone where that is enough."""
    if "{slug}" in request.route:
        table = connect.lean_table()
        m = merchant_of(table, request.param("slug").lower())
        held = card_holders.held(request, m)
        if held and held.secret and not tokens.is_sandbox(m):
            program, item = table.get(
                keys.program(m), keys.profile(m, held.member_id), consistent=False
            )
            if program is None or "closed" in program:
                raise NoCardError(m)
            profile = profile_of(item) if item else None
            if profile and not profile.merged_into and with_secret(profile.devices, held.secret):
                return Holder(m, profile, True, merchants.now_of(m, None))
    one = opened(request)
    return Holder(one.shop.merchant_id, one.profile, one.may_use, one.shop.now)


def by_link(request: protocol.Request) -> Opened:
    """The card behind the link in the path; a dead link is like one that never was."""
    table = connect.lean_table()
    found = card_of_link(table, request.param("token"))
    if found is None:
        raise Refused(RefusalCode.NOT_FOUND)
    one = _read(request, table, *found)
    if one is None:
        raise Refused(RefusalCode.NOT_FOUND)
    return one


def by_cookie(request: protocol.Request) -> Opened:
    """The card that the browser holds of the shop in the path. Raises NOT_FOUND for a shop nobody
    knows, NoCardError when the browser holds none."""
    table, slug = connect.lean_table(), request.param("slug").lower()
    m = merchant_of(table, slug)
    held = card_holders.held(request, m)
    member_id = held.member_id if held else ""
    if held and held.token:
        found = card_of_link(table, held.token)
        member_id = found[1] if found and found[0] == m else ""
    one = _read(request, table, m, member_id) if member_id else None
    if one is None or held is None or not (held.token or one.device):
        raise NoCardError(m)
    return one._replace(slug=slug)


def merchant_of(table: Table, slug: str) -> str:
    """The merchant of an address; a sandbox has its id there. Raises NOT_FOUND."""
    key = keys.slug(slug)
    known, item = credentials.kept.get(key)
    if not known and len(slug) <= checks.TEXT_MAX:
        (item,) = table.get(key, consistent=False)
        if item:
            credentials.kept.put(key, item)
    if item:
        return str(item["m"])
    if len(slug) == tokens.MERCHANT_ID_LENGTH and tokens.is_sandbox(slug):
        return slug
    raise Refused(RefusalCode.NOT_FOUND)


def slug_of(table: Table, merchant_id: str) -> str:
    """What stands for a merchant in addresses."""
    if tokens.is_sandbox(merchant_id):
        return merchant_id
    (item,) = table.get(keys.merchant(merchant_id), consistent=False)
    return str(item["slug"]) if item else merchant_id


def way(path: str, request: protocol.Request, **more: str) -> protocol.Response:
    """Lead on, in the language that was asked for."""
    asked = {**more, **{name: request.query[name] for name in ("lang",) if name in request.query}}
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in asked.items())
    return protocol.redirect(f"{path}?{query}" if query else path)


def _read(request: protocol.Request, table: Table, m: str, c: str) -> Opened | None:
    """A card with its profile; None when there is none (any more).

    What is only looked at is read as it was a moment ago, for half the price: the page asks for
    news right after. A card, or a device, that was not there a moment ago is looked for again.
    """
    if request.method == "GET":
        one = _read_once(request, table, m, c, consistent=False)
        held = card_holders.held(request, m)
        if one and (one.device or held is None or not held.secret):
            return one
    return _read_once(request, table, m, c, consistent=True)


def _read_once(
    request: protocol.Request, table: Table, m: str, c: str, *, consistent: bool
) -> Opened | None:
    wanted = [keys.state(m, c), keys.profile(m, c), keys.program(m)]
    if tokens.is_sandbox(m):
        wanted.append(keys.clock(m))
    found = table.get(*wanted, consistent=consistent)
    state_item, profile_item, program_item, *clock_item = found
    if state_item is None or profile_item is None or program_item is None:
        return None
    now = merchants.now_of(m, clock_item[0] if clock_item else None)
    return _opened(request, Shop(table, m, program_of(program_item).at(to_ms(now)), now),
                   state_item, profile_item)  # fmt: skip


def _opened(
    request: protocol.Request, shop: Shop, state_item: Item, profile_item: Item
) -> Opened | None:
    """The card in its items, or the one it was merged into: what opened it opens that one."""
    profile, card = profile_of(profile_item), cards.card_of(state_item)
    held, device = card_holders.held(request, shop.merchant_id), None
    if held and held.secret and held.member_id == profile.member_id:
        device = with_secret(profile.devices, held.secret)
    while card.merged_into and not profile.erased_ms:
        m, c = shop.merchant_id, card.merged_into
        state, kept = shop.table.get(keys.state(m, c), keys.profile(m, c))
        if state is None or kept is None:
            return None
        profile, card = profile_of(kept), cards.card_of(state)
        if device is None and held and held.secret and held.member_id == c:
            device = with_secret(profile.devices, held.secret)
    if profile.erased_ms:
        return None
    words = member_words(request, profile, shop.program)
    return Opened(shop, card, profile, words, device)
