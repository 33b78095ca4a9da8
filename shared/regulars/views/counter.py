"""A card as the counter shows it: JSON without anything that opens the card elsewhere."""

from __future__ import annotations

from datetime import datetime

from regulars.domain import calendar, carryover
from regulars.domain.card import Card, OpenVoucher
from regulars.domain.operations import Voucher
from regulars.domain.program import Program, Reward
from regulars.i18n.words import Words
from regulars.i18n.words import words as words_of
from regulars.store.profiles import Profile
from regulars.views import customer, integration


def card(
    program: Program, held: Card, profile: Profile, now: datetime, words: Words
) -> integration.View:
    """Return a card with the next reward, and what staff should know of whose it is."""
    view = integration.card(program, held, now, words)
    today = calendar.local_date(now, program.timezone)
    goal = customer.goal(program, carryover.of(program, held, today), today)
    following = None
    if goal:
        following = {"have": goal.have, "need": goal.need, "reward": words.pick(goal.reward)}
    for voucher, opened in zip(view["vouchers"], held.open.values(), strict=True):
        terms = program.terms(opened.reward_id, opened.version)
        voucher |= purpose(program, terms, opened) if terms else {}
    about = {"name": profile.name or None, "note": profile.note or None}
    return {**view, **about, "next": following}


def purpose(program: Program, terms: Reward, held: OpenVoucher | Voucher) -> integration.View:
    """Return what a voucher is for, and on which conditions, in every language of the counter."""
    speakers = [words_of(lang) for lang in program.languages]
    return {
        "says": {
            each.lang: " · ".join(
                filter(None, (each.pick(terms.name), customer.left(program, terms, held, each)))
            )
            for each in speakers
        },
        "on": {
            each.lang: " ".join(each.pick(sentence) for sentence in terms.conditions)
            for each in speakers
        },
    }
