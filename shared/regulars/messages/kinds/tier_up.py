"""A member has reached a higher tier."""

from __future__ import annotations

from regulars.domain.card import Card
from regulars.domain.ledger import Entry
from regulars.domain.program import Program
from regulars.i18n.words import Words
from regulars.messages.kinds import Content, Facts, Kind
from regulars.program.shop import Shop
from regulars.render.mail import MailBlock


def _compose(shop: Shop, card: Card | None, facts: Facts, words: Words) -> Content | None:
    rank = shop.program.tier_rank(facts["tier"])
    if rank < 0:
        return None
    tier = shop.program.tiers[rank]
    title = words.t("You are now {tier}", tier=words.pick(tier.name))
    perks = tuple((words.pick(perk), "") for perk in tier.perks)
    blocks = [MailBlock("title", title)]
    if perks:
        blocks.append(MailBlock("rows", rows=perks))
    return Content(title, tuple(blocks))


def _when(program: Program, entry: Entry) -> Facts | None:
    """Nobody climbed who was enrolled into a tier, or whose tier was taken out of the programme."""
    risen = program.tier_rank(entry.tier_to) > program.tier_rank(entry.tier_from)
    replaced = entry.tier_from is not None and program.tier_rank(entry.tier_from) < 0
    if not risen or replaced or entry.kind == "join":
        return None
    return {"tier": entry.tier_to}


KIND = Kind("member", True, ("email",), _compose, when=_when)
