"""Answers the card's page, as this browser may see it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from regulars.actions import live_on
from regulars.core import guest_codes, tokens
from regulars.domain.calendar import to_ms
from regulars.domain.ledger import Entry
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import protocol
from regulars.pages import answer
from regulars.pages.customer.card import action_rows, leaderboards, opening, view
from regulars.pages.customer.card.opening import Opened
from regulars.store import cards, keys
from regulars.store.claims import LINK_MS
from regulars.store.marshal import Item

HISTORY = 10
"""How many entries the page shows."""


def page(
    request: protocol.Request, one: Opened, status: int, notice: str = "", recovery: str = ""
) -> protocol.Response:
    """The card's page. `recovery` is a code that is shown this once."""
    shop = one.shop
    entries = shop.table.query(
        keys.card(shop.merchant_id, one.member_id),
        prefix=keys.ENTRY_PREFIX,
        newest_first=True,
        limit=HISTORY,
        consistent=request.method != "GET",
    )
    shown = view.view(
        shop,
        one.card,
        one.profile,
        [*_readable(entries.items)],
        one.words,
        path=one.path,
        link=one.link,
        once=tokens.random_id(20),
        notice=notice or _waiting(one),
        leaderboards=leaderboards.panel(shop, one.card, one.profile, one.words),
        devices=_devices(request, one)._replace(recovery=recovery),
        on_device=one.may_use,
    )
    actions = action_rows.panel(one, shown.once)
    return answer.page(status, view.TEMPLATE, shown, one.words, actions=actions)


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
    return ""


def _readable(items: list[Item]) -> Iterator[Entry]:
    """The entries that can be read: a damaged one does not take the card from its member."""
    for item in items:
        with suppress(cards.DamagedError):
            yield cards.entry_of(item)
