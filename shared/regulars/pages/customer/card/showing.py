"""Answers the card's page, as this browser may see it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from regulars.actions import live_on
from regulars.core import guest_codes, tokens
from regulars.core.config import settings
from regulars.domain import calendar, carryover, names
from regulars.domain.calendar import to_ms
from regulars.domain.card import OpenVoucher
from regulars.domain.ledger import Entry
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import card_holders, protocol
from regulars.http.in_app import is_in_app
from regulars.pages import answer
from regulars.pages.customer import friends
from regulars.pages.customer.card import action_rows, leaderboards, opening, view
from regulars.pages.customer.card.opening import Opened
from regulars.pages.customer.controller import controller_of
from regulars.pages.customer.words import birthday_words
from regulars.store import cards, keys
from regulars.store.card_devices import with_secret
from regulars.store.claims import LINK_MS
from regulars.store.marshal import Item
from regulars.store.profiles import profile_of
from regulars.views.hero import Hero, hero, lapsed_in

READ_BACK_MS = 10 * 60 * 1000
"""For how long a card reads a birthday back that was typed."""

ENTRIES = 10
"""How many entries are read for the page: those it shows, and the one that says what lapsed."""


def page(
    request: protocol.Request, one: Opened, status: int, notice: str = "", recovery: str = ""
) -> protocol.Response:
    """The card's page. `recovery` is a code that is shown this once."""
    shop = one.shop
    entries = shop.table.query(
        keys.card(shop.merchant_id, one.member_id),
        prefix=keys.ENTRY_PREFIX,
        newest_first=True,
        limit=ENTRIES,
        consistent=request.method != "GET",
    )
    history = [*readable(entries.items)]
    asks = _asks_contact(request, one)
    shown = view.view(
        shop,
        one.card,
        one.profile,
        history,
        one.words,
        path=one.path,
        link=one.link,
        once=tokens.random_id(20),
        notice=notice or _waiting(one),
        leaderboards=leaderboards.panel(shop, one.card, one.profile, one.words),
        devices=_devices(request, one)._replace(recovery=recovery),
        on_device=one.may_use,
        hero=_hero(request, one, history),
        ask_contact=asks,
        privacy_url=_privacy_url(one) if asks else "",
    )
    handle = one.profile.handle if one.device else ""
    found = friends.panel(shop.program, one.card, handle and one.slug, handle, one.words)
    shown = shown._replace(
        in_app=is_in_app(request), others=_others(request, one), friends=found,
        wallets=_wallets(one),
    )  # fmt: skip
    actions = action_rows.panel(one, shown.once)
    return answer.page(status, view.TEMPLATE, shown, one.words, actions=actions)


WALLETS = {"Android": ("google",), "iPhone": ("apple",), "iPad": ("apple",), "Mac": ("apple",)}
"""Which wallet a device has, by what it said it is; one that is not here may be used for both."""


def _wallets(one: Opened) -> tuple[str, ...]:
    """The wallets that the card can be put into: those with certificates, as far as the device that
    it lives on has them. A sandbox has no passes."""
    if one.device is None or tokens.is_sandbox(one.shop.merchant_id):
        return ()
    has = WALLETS.get(one.device.system, ("apple", "google"))
    return tuple(name for name in settings().wallets if name in has)


def _asks_contact(request: protocol.Request, one: Opened) -> bool:
    """Whether to ask for an address: after the first stamp, on the card's device, once."""
    profile = one.profile
    known = bool(profile.contacts() or profile.claims)
    has_something = any(one.card.lots.values()) or bool(one.card.open)
    wanted = one.device is not None and has_something and not known
    return wanted and not card_holders.was_asked(request, one.shop.merchant_id)


def _others(request: protocol.Request, one: Opened) -> tuple[tuple[str, str], ...]:
    """The other cards on this phone, with the names they go by."""
    m = one.shop.merchant_id
    held = [it for it in card_holders.others(request, m) if it.member_id != one.member_id]
    if not held or one.device is None:
        return ()
    items = one.shop.table.get(*(keys.profile(m, it.member_id) for it in held), consistent=False)
    found = []
    for other, item in zip(held, items, strict=True):
        profile = profile_of(item) if item else None
        if profile and with_secret(profile.devices, other.secret):
            name = names.given(profile.name, profile.language or one.words.lang)
            found.append((other.member_id, name or one.words.t("A card without a name")))
    return tuple(found)


def _privacy_url(one: Opened) -> str:
    (item,) = one.shop.table.get(keys.merchant(one.shop.merchant_id), consistent=False)
    return controller_of(item).url if item else ""


def _hero(request: protocol.Request, one: Opened, history: list[Entry]) -> Hero:
    """What the card says first; with what lapsed last, where nothing waits."""
    shop = one.shop
    lapsed, voucher_id = None, lapsed_in(history)
    if voucher_id and not one.card.open:
        (item,) = shop.table.get(
            keys.voucher(shop.merchant_id, one.member_id, voucher_id), consistent=False
        )
        if item:
            was = cards.voucher_of(item)
            lapsed = OpenVoucher(was.reward_id, was.code, was.issued_ms, was.expires_on)
    today = calendar.local_date(shop.now, shop.program.timezone)
    card = carryover.of(shop.program, one.card, today)
    return hero(shop.program, card, history, shop.now, lapsed, fresh="fresh" in request.query)


def device_needed(request: protocol.Request, one: Opened) -> protocol.Response:
    """Answer what only the card's device may do: to people a page that says how to go on."""
    if "text/html" not in request.headers.get("accept", ""):
        return protocol.problem(Refused(RefusalCode.DEVICE_NEEDED))
    sentence = one.words.t("Rewards are taken and shown on the phone that the card lives on.")
    return page(request, one, 403, sentence)


def _devices(request: protocol.Request, one: Opened) -> view.DevicesPanel:
    """Where the card lives, and how it comes to live here."""
    shop, profile = one.shop, one.profile
    slug = one.slug or opening.slug_of(shop.table, shop.merchant_id)
    recover = f"/j/{slug}/recover"
    if one.device is None:
        if "look" in request.query:
            return view.DevicesPanel("look", recover)
        return view.DevicesPanel("elsewhere" if profile.devices else "free", recover)
    m, epoch_s = shop.merchant_id, to_ms(shop.now) // 1000
    newest, own = live_on.newest(profile), one.device
    return view.DevicesPanel(
        "here",
        recover,
        code=guest_codes.device_code(m, one.member_id, newest, epoch_s),
        rows=tuple(
            view.DeviceRow(it.device_id, it.system, view.local_day(shop, it.at_ms), it == own)
            for it in profile.devices
        ),
        has_recovery=bool(profile.recovery),
    )


def _waiting(one: Opened) -> str:
    """What confirms a contact that was typed these days: the same whoever else has it."""
    now_ms = to_ms(one.shop.now)
    claims = one.profile.claims.items()
    fresh = {kind for kind, claim in claims if now_ms < claim.at_ms + LINK_MS}
    if "email" in fresh:
        return one.words.t("We have written to the address you gave. Open the link in that mail.")
    if "phone" in fresh:
        return one.words.t(
            "Is the number yours? Show this card at the counter, and they confirm it."
        )
    given = one.profile.proofs.get("birthday", {})
    if one.profile.birthday and given.get("by") == "page" and now_ms < given["at"] + READ_BACK_MS:
        day = birthday_words(one.profile.birthday, one.words)
        return one.words.t(
            "Your birthday: {day}. If that is wrong, change it in your data.", day=day
        )
    return ""


def readable(items: list[Item]) -> Iterator[Entry]:
    """The entries that can be read: a damaged one does not take the card from its member."""
    for item in items:
        with suppress(cards.DamagedError):
            yield cards.entry_of(item)
