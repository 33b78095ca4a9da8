"""Messages: each kind with its occasion and a preview of a real member; in the sandbox the log."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from regulars.actions import attention
from regulars.domain.card import Card
from regulars.http.protocol import Response
from regulars.i18n.words import Words
from regulars.i18n.words import words as words_of
from regulars.insights import today
from regulars.messages import kinds
from regulars.pages.console.frame import frame
from regulars.pages.console.frame.here import Console, instant, shown
from regulars.pages.console.messages.view import TEMPLATE, KindRow, MessagesPage, SentRow
from regulars.program.shop import Shop
from regulars.render.brand import brand_of
from regulars.store.members import Members

FAILED_SHOWN = 100

T = Callable[..., str]


def show(here: Console) -> Response:
    """GET /console/messages."""
    gathered, t = here.gathered, here.words.t
    shop, program = gathered.shop, gathered.program
    language = here.request.query.get("in", program.languages[0])
    words = words_of(language if language in program.languages else program.languages[0])
    member_id, card = _somebody(shop)
    profile = Members(shop.table, shop.merchant_id).profile(member_id) if member_id else None
    settings = here.get("/v1/merchant")
    failed, _ = attention.page(
        shop.table, shop.merchant_id, kind="failed_message", limit=FAILED_SHOWN, cursor=None
    )
    view = MessagesPage(
        brand_of(program), program.timezone, shop.now,
        tuple(_row(shop, card, name, words, t) for name in ORDER),
        program.languages, words.lang, (profile.name if profile else "") or "",
        (settings["quiet_hours"]["from"], settings["quiet_hours"]["until"]),
        settings["sender_name"], len(failed), _sent(here) if here.is_sandbox else None,
    )  # fmt: skip
    return frame.page(here, TEMPLATE, view, "messages")


ORDER = ("welcome", "reward_unlocked", "close_to_reward", "tier_up", "tier_at_risk")
"""Kinds that members get by themselves, in the order of a member's life."""


def _somebody(shop: Shop) -> tuple[str, Card | None]:
    """The member of the newest entry, for the preview."""
    for member_id, _ in today.latest(shop, 1):
        return member_id, shop.ledger.card(member_id)
    return "", None


def _row(shop: Shop, card: Card | None, name: str, words: Words, t: T) -> KindRow:
    occasions = {
        "welcome": (t("Welcome"), t("after the first visit")),
        "reward_unlocked": (t("A reward is unlocked"), t("as soon as a reward waits on the card")),
        "close_to_reward": (t("Nearly there"), t("days after a visit, one step before a reward")),
        "tier_up": (t("A new tier"), t("when a member climbs")),
        "tier_at_risk": (t("A tier ends soon"), t("before a tier ends that can still be kept")),
    }  # fmt: skip
    title, when = occasions[name]
    kind = kinds.kind(name)
    content = kind.compose(shop, card, _facts(shop, card, name), words) if card else None
    who = t("who agreed to mails") if kind.consent else t("everybody with a confirmed address")
    return KindRow(
        name, title, when, who,
        content.subject if content else "", content.blocks if content else (),
    )  # fmt: skip


def _facts(shop: Shop, card: Card | None, name: str) -> dict[str, Any]:
    """Facts for a preview: those of the card, or of the programme's first reward and tier."""
    program = shop.program
    until = card.tier.until if card and card.tier else ""
    tier = program.tiers[-1].id if program.tiers else ""
    return {
        "reward": next(iter(program.rewards), ""),
        "vouchers": list(card.open) if card else [],
        "tier": tier,
        "until": until or None,
    }


def _sent(here: Console) -> tuple[SentRow, ...]:
    items = here.get("/v1/test/messages")["items"]
    return tuple(SentRow(instant(one["at"]), one["to"], one["subject"]) for one in items)


ROUTES = {"GET /console/messages": shown(show)}
