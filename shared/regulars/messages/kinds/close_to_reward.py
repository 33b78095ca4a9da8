"""One visit is missing to a reward."""

from __future__ import annotations

from regulars.domain import calendar
from regulars.domain.card import Card
from regulars.domain.program import Program, Reward
from regulars.i18n.words import Words
from regulars.messages.kinds import Content, Facts, Kind
from regulars.program.shop import Shop
from regulars.render.mail import MailBlock

_STAMPS_DRAWN_MAX = 20


def _compose(shop: Shop, card: Card | None, facts: Facts, words: Words) -> Content | None:
    reward = shop.program.rewards.get(facts["reward"])
    if reward is None or card is None:
        return None
    today = calendar.local_date(shop.now, shop.program.timezone).isoformat()
    have = card.available(reward.unit, today)
    missing = reward.cost - have
    if missing <= 0:
        return None
    title = words.n(
        "One more visit to your reward: {reward}",
        "{n} more visits to your reward: {reward}",
        1,
        reward=words.pick(reward.name),
    )
    blocks = [MailBlock("title", title)]
    if _is_punch_card(shop.program, reward):
        blocks.append(MailBlock("stamps", have=have, need=reward.cost))
    return Content(title, tuple(blocks))


def _is_punch_card(program: Program, reward: Reward) -> bool:
    unit = program.units.get(reward.unit)
    return unit is not None and unit.kind == "stamps" and reward.cost <= _STAMPS_DRAWN_MAX


KIND = Kind("member", True, ("email",), _compose)
