"""A card as its member sees it: from domain values to the view of the page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any, cast

from regulars import tokens
from regulars.config import settings
from regulars.domain import calendar, standing
from regulars.domain.card import Card
from regulars.domain.ledger import Entry
from regulars.domain.program import Program, Reward
from regulars.domain.tiering import next_tier
from regulars.i18n.words import Words
from regulars.store.members import Profile
from regulars.web import pages, views

HISTORY = 20
NEVER_CHOSEN = frozenset({"tier_required", "limit_reached", "out_of_stock", "debt"})


def brand(program: Program) -> pages.Brand:
    """How pages and mails of a programme look."""
    return pages.Brand(program.name, program.color, cast(Any, program.icon))


def goal(program: Program, card: Card, today: date) -> pages.Goal | None:
    """The reward to strive for: the automatic one first, else the nearest that can be had."""
    candidates = [reward for reward in program.rewards.values() if reward.cost]
    if not candidates:
        return None

    def distance(reward: Reward) -> tuple[bool, int]:
        have = card.available(reward.unit, today.isoformat())
        return not reward.auto, max(0, reward.cost - have)

    reward = min(candidates, key=distance)
    unit = program.units[reward.unit]
    have = card.available(unit.id, today.isoformat())
    return pages.Goal(cast(Any, unit.name), unit.kind, have, reward.cost, reward.name)


def etag(program: Program, card: Card, now: datetime) -> str:
    """Changes whenever the page would: a new entry, programme or day."""
    day = calendar.local_date(now, program.timezone).isoformat()
    return f'"{program.version}.{card.version}.{day}"'


def code(merchant_id: str, handle: str, now: datetime) -> pages.Code:
    """The code the card shows now."""
    epoch_s = calendar.to_ms(now) // 1000
    text = tokens.card_code(merchant_id, handle, epoch_s)
    return pages.Code(
        text=text,
        url=f"{settings().base_url}/s/{text}",
        expires_at=datetime.fromtimestamp(tokens.code_expires_s(epoch_s), UTC),
        lifetime_s=tokens.CODE_STEP_S,
    )


def view(
    program: Program,
    merchant_id: str,
    card: Card,
    profile: Profile,
    history: Iterable[Entry],
    now: datetime,
    words: Words,
    *,
    path: str,
    once: str,
    notice: str = "",
) -> pages.CardView:
    """The whole page of a card."""
    today = calendar.local_date(now, program.timezone)
    return pages.CardView(
        brand=brand(program),
        path=path,
        name=profile.name,
        languages=program.languages,
        currency=program.currency,
        zone=program.timezone,
        now=now,
        etag=etag(program, card, now),
        once=once,
        goal=goal(program, card, today),
        code=code(merchant_id, profile.handle, now),
        tier=_tier(program, card, today),
        vouchers=tuple(_vouchers(program, card, today)),
        rewards=tuple(_rewards(program, card, today, words)),
        balances=tuple(_balances(program, card, today)),
        expiring=tuple(_expiring(program, card, today)),
        history=tuple(_events(program, history, words)),
        notice=notice,
    )


def _tier(program: Program, card: Card, today: date) -> pages.Tier | None:
    rank = program.tier_rank(card.tier.id if card.tier else None)
    following = next_tier(program, card, today)
    if rank < 0:
        return None
    held = program.tiers[rank]
    until = card.tier.until if card.tier else ""
    shown = pages.Tier(
        name=held.name, perks=held.perks, until=date.fromisoformat(until) if until else None
    )
    if following is None:
        return shown
    target, way, value = following
    return shown._replace(
        next=target.name,
        metric=cast(Any, way.metric),
        value=value,
        target=way.at_least,
        window=cast(Any, way.window.partition(":")[0]),
        next_perks=target.perks,
    )


def _vouchers(program: Program, card: Card, today: date) -> Iterable[pages.Voucher]:
    for held in card.open.values():
        if held.expires_on and held.expires_on < today.isoformat():
            continue
        reward = program.rewards.get(held.reward_id)
        ends = views.expires_at(held.expires_on, program.timezone)
        yield pages.Voucher(
            name=reward.name if reward else held.reward_id,
            code=held.code,
            url=f"{settings().base_url}/v/{held.code}",
            expires_at=datetime.fromisoformat(ends) if ends else None,
        )


def _rewards(program: Program, card: Card, today: date, words: Words) -> Iterable[pages.Reward]:
    for stands in standing.rewards(program, card, today):
        reward = stands.reward
        locked = stands.locked_because.value if stands.locked_because else ""
        yield pages.Reward(
            reward_id=reward.id,
            name=reward.name,
            unit=cast(Any, program.units[reward.unit].name),
            cost=reward.cost,
            have=card.available(reward.unit, today.isoformat()),
            affordable=stands.affordable,
            locked_because=locked_words(locked, words) if locked in NEVER_CHOSEN else "",
            automatic=reward.auto,
        )


def locked_words(why: str, words: Words) -> str:
    """Why a reward cannot be had now, said to its member."""
    return {
        "debt": words.t("after a refund, the next visits come first"),
        "tier_required": words.t("for a higher tier"),
        "limit_reached": words.t("you have had it as often as it goes"),
        "out_of_stock": words.t("all gone for now"),
        "insufficient_balance": words.t("not enough for it yet"),
    }.get(why, "")


def _balances(program: Program, card: Card, today: date) -> Iterable[pages.Balance]:
    day = today.isoformat()
    for unit in program.units.values():
        yield pages.Balance(
            cast(Any, unit.name),
            card.available(unit.id, day),
            card.pending(unit.id, day),
            card.debt.get(unit.id, 0),
        )


def _expiring(program: Program, card: Card, today: date) -> Iterable[pages.Expiring]:
    for piece in standing.expiring(card, today):
        if piece.unit in program.units:
            name = cast(Any, program.units[piece.unit].name)
            yield pages.Expiring(name, piece.amount, date.fromisoformat(piece.on))


def _events(program: Program, history: Iterable[Entry], words: Words) -> Iterable[pages.Event]:
    """One line per entry; the reasons of its lines, each said once."""
    for entry in history:
        sums: dict[str, int] = {}
        for line in entry.lines:
            sums[line.unit] = sums.get(line.unit, 0) + line.amount
        changes = tuple(
            pages.Change(cast(Any, program.units[unit].name), amount)
            for unit, amount in sums.items()
            if amount and unit in program.units
        )
        reasons = dict.fromkeys(views.why(program, line, words) for line in entry.lines)
        said = "; ".join(reason for reason in reasons if reason) or _quiet(program, entry, words)
        yield pages.Event(calendar.from_ms(entry.recorded_ms), changes, said)


def _quiet(program: Program, entry: Entry, words: Words) -> str:
    """What an entry without lines was."""
    reward = program.rewards.get(entry.facts.get("reward", ""))
    if entry.kind == "redeem" and reward:
        return words.t("redeemed: {reward}", reward=words.pick(reward.name))
    rank = program.tier_rank(entry.tier_to)
    if entry.tier_from != entry.tier_to and rank >= 0:
        return words.t("you are now {tier}", tier=words.pick(program.tiers[rank].name))
    return words.t("for joining") if entry.kind == "join" else words.t("for your visit")
