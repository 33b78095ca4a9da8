"""A card as its member sees it: from domain values to the view of the page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any, cast

from regulars import tokens
from regulars.config import settings
from regulars.domain import calendar, eligibility, surprises
from regulars.domain.card import Card, OpenVoucher
from regulars.domain.ledger import Entry, Line
from regulars.domain.program import Program, Reward
from regulars.domain.reasons import ReasonKind
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
    """The reward to strive for, as the punch card shows it."""
    reward = _goal_of(program, card, today)
    if reward is None:
        return None
    unit = program.units[reward.unit]
    have = card.available(unit.id, today.isoformat())
    return pages.Goal(
        unit=cast(Any, unit.name),
        kind=unit.kind,
        have=have,
        need=reward.cost,
        reward=reward.name,
        promise=cast(Any, reward.promise),
        owed=card.debt.get(unit.id, 0),
        waiting=not any(card.debt.values())
        and reward.id in {held.reward_id for held in _usable(card, today)},
    )


def _goal_of(program: Program, card: Card, today: date) -> Reward | None:
    """The reward to strive for: the automatic one first, else the nearest that can be had."""
    candidates = [reward for reward in program.rewards.values() if reward.cost]
    if not candidates:
        return None

    def distance(reward: Reward) -> tuple[bool, int]:
        have = card.available(reward.unit, today.isoformat())
        return not reward.auto, max(0, reward.cost - have)

    return min(candidates, key=distance)


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
    leaderboards: pages.Leaderboards | None = None,
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
        vouchers=tuple(_vouchers(program, card, today, words)),
        rewards=tuple(_rewards(program, card, today, words)),
        balances=tuple(_balances(program, card, today)),
        expiring=tuple(_expiring(program, card, today)),
        history=tuple(_events(program, history, words)),
        notice=notice,
        leaderboards=leaderboards,
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


def _vouchers(program: Program, card: Card, today: date, words: Words) -> Iterable[pages.Voucher]:
    locked = locked_words("debt", words) if any(card.debt.values()) else ""
    for held in _usable(card, today):
        reward = program.rewards.get(held.reward_id)
        ends = views.expires_at(held.expires_on, program.timezone)
        yield pages.Voucher(
            name=reward.name if reward else held.reward_id,
            code=held.code,
            url=f"{settings().base_url}/v/{held.code}",
            expires_at=datetime.fromisoformat(ends) if ends else None,
            locked_because=locked,
        )


def _usable(card: Card, today: date) -> list[OpenVoucher]:
    """The vouchers that are not past their last day."""
    day = today.isoformat()
    return [held for held in card.open.values() if not held.expires_on or held.expires_on >= day]


def _rewards(program: Program, card: Card, today: date, words: Words) -> Iterable[pages.Reward]:
    """What can be had or worked towards, except what the punch card on top says already."""
    on_top = _goal_of(program, card, today)
    for stands in eligibility.rewards(program, card, today):
        reward = stands.reward
        locked = stands.locked_because.value if stands.locked_because else ""
        if reward is on_top and reward.auto and locked not in NEVER_CHOSEN:
            continue
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
    for piece in eligibility.expiring(card, today):
        if piece.unit in program.units:
            name = cast(Any, program.units[piece.unit].name)
            yield pages.Expiring(name, piece.amount, date.fromisoformat(piece.on))


def _events(program: Program, history: Iterable[Entry], words: Words) -> Iterable[pages.Event]:
    """One line per entry: what it added or took and why; below it what came of that."""
    for entry in history:
        aside = [line for line in entry.lines if _is_aside(entry, line)]
        main = [line for line in entry.lines if line not in aside] or aside
        reasons = dict.fromkeys(views.why(program, line, words) for line in main)
        said = "; ".join(reason for reason in reasons if reason)
        if entry.kind == "reverse" and entry.source == "staff":
            said = words.t("taken back at the counter")
        elif entry.kind == "expire" and main is aside:
            said = words.t("not used in time; {reason}", reason=said)
        news = _asides(program, aside if main is not aside else [], words)
        news += [
            views.reason(program, it.reason, "", 0, words) for it in surprises.given(entry.facts)
        ]
        if risen := _new_tier(program, entry, words):
            news.append(risen)
        if not said:
            said = _quiet(program, entry, words) or (news.pop(0) if news else "")
        at = calendar.from_ms(entry.recorded_ms)
        yield pages.Event(at, _changes(program, main), said, tuple(news))


def _is_aside(entry: Entry, line: Line) -> bool:
    """Whether a line is what came of an entry, not what it was about: rewards that were unlocked by
    a visit, or given back because of a refund."""
    because = line.reason.kind
    if because is ReasonKind.REWARD:
        return entry.kind != "issue"
    return because is ReasonKind.RETURNED and entry.kind in {"reverse", "expire"}


def _asides(program: Program, lines: Iterable[Line], words: Words) -> list[str]:
    """One sentence per voucher that was unlocked or given back, with its units."""
    sums: dict[str, tuple[Line, int]] = {}
    for line in lines:
        _, amount = sums.get(line.reason.voucher_id, (line, 0))
        sums[line.reason.voucher_id] = (line, amount + line.amount)
    said = []
    for line, amount in sums.values():
        reward, unit = program.rewards.get(line.reason.reward_id), program.units.get(line.unit)
        if reward is None or unit is None:
            continue
        name, units = words.pick(reward.name), words.amount(cast(Any, unit.name), abs(amount))
        if line.reason.kind is ReasonKind.REWARD:
            said.append(words.t("unlocked for {amount}: {reward}", amount=units, reward=name))
        else:
            said.append(words.t("{amount} given back: {reward}", amount=units, reward=name))
    return said


def _changes(program: Program, lines: Iterable[Line]) -> tuple[pages.Change, ...]:
    sums: dict[str, int] = {}
    for line in lines:
        sums[line.unit] = sums.get(line.unit, 0) + line.amount
    return tuple(
        pages.Change(cast(Any, program.units[unit].name), amount)
        for unit, amount in sums.items()
        if amount and unit in program.units
    )


def _new_tier(program: Program, entry: Entry, words: Words) -> str:
    """The tier an entry led to; nothing when it stayed, or was there from the start."""
    rank = program.tier_rank(entry.tier_to)
    if entry.kind == "join" or entry.tier_from == entry.tier_to or rank < 0:
        return ""
    return words.t("you are now {tier}", tier=words.pick(program.tiers[rank].name))


def _quiet(program: Program, entry: Entry, words: Words) -> str:
    """What an entry without amounts was; nothing for one that only moved the tier."""
    reward = program.rewards.get(entry.facts.get("reward", ""))
    if entry.kind == "redeem" and reward:
        return words.t("redeemed: {reward}", reward=words.pick(reward.name))
    if entry.kind == "reverse":
        return words.t("a purchase was refunded")
    if entry.kind == "earn":
        return words.t("your visit")
    return words.t("you joined") if entry.kind == "join" else ""
