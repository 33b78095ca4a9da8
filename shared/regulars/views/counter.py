"""A card as the counter shows it: JSON without anything that opens the card elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

from regulars.domain import calendar, carryover, eligibility, tiering
from regulars.domain.card import Card, OpenVoucher
from regulars.domain.ledger import Entry
from regulars.domain.operations import Voucher
from regulars.domain.program import Program, Reward, Tier
from regulars.i18n.words import Words
from regulars.i18n.words import words as words_of
from regulars.store.profiles import Profile
from regulars.views import customer, integration

ENTRIES, SALES = 20, 10
"""How many entries are looked at, and how many sales among them, for what a guest has usually."""


def card(
    program: Program, held: Card, profile: Profile, now: datetime, words: Words
) -> integration.View:
    """Return a card with the next reward, and what staff should know of whose it is."""
    view = integration.card(program, held, now, words)
    today = calendar.local_date(now, program.timezone)
    carried = carryover.of(program, held, today)
    goal = customer.goal(program, carried, today)
    rank = max(0, program.tier_rank(carried.tier_id))
    sold = [tier for tier in program.tiers[rank:] if tiering.paid_until(tier, today)]
    following = None
    if goal:
        following = {
            "have": goal.have,
            "need": goal.need,
            "reward": words.pick(goal.reward),
            "promise": _promise(program, goal),
        }
    for voucher, opened in zip(view["vouchers"], held.open.values(), strict=True):
        terms = program.terms(opened.reward_id, opened.version)
        voucher |= purpose(program, terms, opened) if terms else {}
        if opened.expires_on:
            voucher["ends"] = _day(program, date.fromisoformat(opened.expires_on), today)
    return {
        **view,
        "name": profile.name or None,
        "note": profile.note or None,
        "phone_end": profile.phone[-3:] or None,
        "claims": sorted(profile.claims),
        "next": following,
        "take": [
            {"reward_id": one.reward.id, "unit": one.reward.unit, "cost": one.reward.cost}
            for one in eligibility.rewards(program, carried, today)
            if one.affordable and not one.reward.auto
        ],
        "memberships": [_membership(program, carried, one, today) for one in sold],
    }


def _membership(program: Program, held: Card, tier: Tier, today: date) -> integration.View:
    """A tier that can be paid for, until when it lasts then, and the end of the one that runs."""
    (way, *_) = (way for way in tier.enter if way.metric == "membership")
    first = tiering.paid_from(held, tier.id, today)
    runs = held.held.get(tiering.right(tier.id, "membership"))
    return {
        "tier": tier.id,
        "price_minor": way.price_minor or None,
        "period": way.period,
        "until": _day(program, date.fromisoformat(tiering.paid_until(tier, first)), today),
        "runs_until": _day(program, date.fromisoformat(runs.until), today)
        if runs and first > today
        else None,
    }


def _day(program: Program, day: date, today: date) -> integration.View:
    """A day in words, in every language of the counter."""
    return {lang: words_of(lang).day(day, today) for lang in program.languages}


def _promise(program: Program, goal: customer.GoalPanel) -> integration.View:
    """What is missing for the next reward, in every language of the counter."""
    missing = max(0, goal.need - goal.have)
    sentences = {}
    for lang in program.languages:
        words = words_of(lang)
        if goal.promise:
            sentence = words.unit(goal.promise, missing).replace("{n}", words.number(missing))
        else:
            amount = words.amount(goal.unit, missing)
            sentence = words.t(
                "{amount} more: {reward}", amount=amount, reward=words.pick(goal.reward)
            )
        sentences[lang] = sentence
    return sentences


def habits(entries: Sequence[Entry]) -> integration.View:
    """Return what was bought most in the last sales of a card, and who booked the last one."""
    sales = [entry for entry in entries if entry.kind == "earn"][:SALES]
    bought = Counter(
        line.reason.stored["cat"]
        for entry in sales
        for line in entry.lines
        if line.amount > 0 and line.reason.stored.get("cat")
    )
    newest = sales[0] if sales else None
    return {
        "usual": bought.most_common(1)[0][0] if bought else None,
        "last": newest and {"at": calendar.rfc3339(newest.effective_ms), "staff": newest.staff},
    }


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
