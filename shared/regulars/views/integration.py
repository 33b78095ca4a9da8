"""Cards, entries and answers as `api.md` shows them, from domain values. Lean: no pydantic here.

Personal data (name, link) is put in by `personal` just before an answer leaves: answers are kept
with their operation, and what is kept must not need erasing.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from regulars.domain import (
    calendar,
    carryover,
    eligibility,
    milestones,
    segments,
    surprises,
    tiering,
)
from regulars.domain.card import Card
from regulars.domain.decision import Decision
from regulars.domain.games import Milestone
from regulars.domain.ledger import Entry, Line, Recorded
from regulars.domain.operations import Voucher
from regulars.domain.program import Program, Tier
from regulars.domain.reasons import Reason
from regulars.i18n.explain import explain
from regulars.i18n.words import Text, Words
from regulars.store.leaderboards import ShownBoard
from regulars.store.profiles import CONTACT_KINDS, Profile
from regulars.views import worth

View = dict[str, Any]


def card(program: Program, member: Card, now: datetime, words: Words) -> View:
    """A card, without its personal fields (they are null)."""
    today = calendar.local_date(now, program.timezone)
    day = today.isoformat()
    member = carryover.of(program, member, today)
    units = dict.fromkeys((*program.units, *member.units()))
    return {
        "member_id": member.member_id,
        "card_url": None,
        "name": None,
        "language": None,
        "enrolled_at": calendar.rfc3339(member.enrolled_ms),
        "version": member.version,
        "seq": member.seq,
        "balances": {
            unit: {
                "available": member.available(unit, day),
                "pending": member.pending(unit, day),
                "debt": member.debt.get(unit, 0),
            }
            for unit in units
        },
        "expiring": [
            {"unit": piece.unit, "amount": piece.amount, "on": piece.on}
            for piece in eligibility.expiring(member, today)
        ],
        "tier": tier(program, member, today, words),
        "vouchers": [
            {
                "voucher_id": voucher_id,
                "code": held.code,
                "reward_id": held.reward_id,
                "status": _open_status(held.expires_on, day),
                "issued_at": calendar.rfc3339(held.issued_ms),
                "expires_at": expires_at(held.expires_on, program.timezone),
                **worth.of_voucher(program, held, words),
            }
            for voucher_id, held in member.open.items()
        ],
        "badges": [{"id": one.id, "name": words.pick(one.name)} for one in badges(program, member)],
        "visits": member.lifetime.visits,
        "spend_minor": member.lifetime.spend_minor,
        "last_visit_at": calendar.rfc3339(member.last_visit_ms) if member.last_visit_ms else None,
        "segment": segments.segment(program, member, today),
    }


def badges(program: Program, member: Card) -> list[Milestone]:
    """Return the milestones whose badge a card has, in the order of the programme."""
    held = milestones.badges(member, program.milestones)
    return [one for one in program.milestones if one.id in held]


def _open_status(expires_on: str, day: str) -> str:
    """An open voucher past its last day is expired, even before the job has booked it out."""
    return "expired" if expires_on and expires_on < day else "issued"


def tier(program: Program, member: Card, today: date, words: Words) -> View | None:
    """The tier held and the next that can be reached; null in a programme without tiers."""
    rank = program.tier_rank(member.tier_id)
    following = tiering.next_tier(program, member, today)
    offers = [
        {
            "id": offer.tier.id,
            "name": words.pick(offer.tier.name),
            "price_minor": offer.price_minor or None,
            "period": offer.period or None,
        }
        for offer in tiering.offers(program, member, today)
    ]
    if rank < 0 and following is None and not offers:
        return None
    held = program.tiers[rank] if rank >= 0 else None
    step = None
    if following:
        target, way, value = following
        step = {
            "id": target.id,
            "metric": way.metric,
            "value": value,
            "target": way.at_least,
            "window": way.window,
        }
    return {
        "id": held.id if held else None,
        "name": words.pick(held.name) if held else None,
        "since": member.tier.since if member.tier and held else None,
        "until": (member.tier.until or None) if member.tier and held else None,
        "next": step,
        "offers": offers,
        "discounts": discounts(held, words) if held else [],
    }


def discounts(tier: Tier, words: Words) -> list[View]:
    """What members of a tier pay less for."""
    return [
        {
            "id": one.id,
            "name": words.pick(one.name),
            "percent": one.percent,
            "categories": list(one.categories),
            "skus": list(one.skus),
        }
        for one in tier.discounts
    ]


def personal(view: View, name: str, language: str, card_url: str | None) -> View:
    """A card with its personal fields filled in."""
    return {**view, "name": name or None, "language": language or None, "card_url": card_url}


def profile(known: Profile) -> View:
    """What is known of a member apart from the card."""
    has = {kind for kind in CONTACT_KINDS if getattr(known, kind) or kind in known.claims}
    return {
        "contacts": [contact(known, kind) for kind in CONTACT_KINDS if kind in has],
        "birthday": known.birthday or None,
        "language": known.language or None,
        "timezone": known.timezone or None,
        "source": known.source or None,
        "note": known.note or None,
        "attributes": dict(known.attributes),
        "consents": [
            {
                "channel": channel,
                "given": given,
                "at": _proved_at(known, f"consent.{channel}"),
                "by": known.proofs.get(f"consent.{channel}", {}).get("by"),
                "wording": known.proofs.get(f"consent.{channel}", {}).get("wording"),
            }
            for channel, given in sorted(known.consents.items())
        ],
    }


def listed(known: Profile, member: Card) -> View:
    """What a list shows of a member besides the card."""
    return {"contact_hint": _hint(known), "usual_days": usual_days(member)}


def usual_days(member: Card) -> int | None:
    """Every how many days a member comes usually; None without a rhythm."""
    twice = segments.rhythm(member)
    return max(1, (twice + 1) // 2) if twice else None


def _hint(known: Profile) -> str | None:
    """A contact of which enough is shown to recognise it: `+3630•••4567`, `anna@…`."""
    if known.phone:
        return f"{known.phone[:5]}•••{known.phone[-4:]}"
    return f"{known.email.partition('@')[0][:12]}@…" if known.email else None


def contact(known: Profile, kind: str) -> View:
    """A contact that a member has, or else claims.

    What was there before contacts had to be confirmed counts as confirmed since it was enrolled.
    """
    value = getattr(known, kind)
    if not value:
        claimed = {"confirmed_at": None, "confirmed_by": None}
        return {"kind": kind, "value": known.claims[kind].value, **claimed}
    return {
        "kind": kind,
        "value": value,
        "confirmed_at": _proved_at(known, kind) or calendar.rfc3339(known.enrolled_ms),
        "confirmed_by": known.proofs.get(kind, {}).get("by"),
    }


def _proved_at(known: Profile, what: str) -> str | None:
    proof = known.proofs.get(what)
    return calendar.rfc3339(proof["at"]) if proof else None


def expires_at(expires_on: str, zone: str) -> str | None:
    """The instant at which the last valid day ends for the merchant."""
    if not expires_on:
        return None
    following = date.fromisoformat(expires_on) + timedelta(days=1)
    return calendar.rfc3339(calendar.to_ms(calendar.local_start(following, zone)))


def entry(program: Program, booked: Entry, prev: str, digest: str, words: Words) -> View:
    """A ledger entry; `why` in words of the reader's language."""
    view: View = {
        "seq": booked.seq,
        "op": booked.op,
        "kind": booked.kind,
        "recorded_at": calendar.rfc3339(booked.recorded_ms),
        "effective_at": calendar.rfc3339(booked.effective_ms),
        "source": booked.source,
        "staff": booked.staff,
        "location": booked.location,
        "order_id": booked.facts.get("order"),
        "program_version": booked.program_version,
        "lines": [
            {
                "unit": line.unit,
                "amount": line.amount,
                "lot": line.lot or None,
                "rule": line.rule,
                "why": why(program, line, words, booked.program_version),
            }
            for line in booked.lines
        ],
        "balances": dict(booked.balances),
        "hash": digest,
        "prev": prev,
    }
    if booked.tier_from != booked.tier_to:
        view |= {"tier_from": booked.tier_from, "tier_to": booked.tier_to}
    if "held" in booked.facts:
        view["held"] = True
    if given := surprises.given(booked.facts):
        view["surprises"] = [
            {
                "surprise": gift.surprise_id,
                "voucher_id": gift.voucher_id,
                "reward_id": gift.reward_id,
                "cost_minor": gift.cost_minor,
                "why": reason(program, gift.reason, "", 0, words, booked.program_version),
            }
            for gift in given
        ]
    if booked.kind == "bonus" and "note" in booked.facts:
        view["note"] = booked.facts["note"]
    return view


def why(program: Program, line: Line, words: Words, version: int = 0) -> str:
    """The reason of a line in words."""
    return reason(program, line.reason, line.unit, line.amount, words, version, line.rule)


def reason(
    program: Program,
    because: Reason,
    unit_id: str,
    amount: int,
    words: Words,
    version: int = 0,
    rule_id: str = "",
) -> str:
    """A reason with its figures, in words. Rewards go by the name they had in the version that the
    reason is about; units that nobody knows any more by their id."""
    unit = program.unit(unit_id)
    reward = program.terms(because.reward_id, because.version or version or program.version)
    names: Any = unit.name if unit else {words.lang: {"other": unit_id}}
    return explain(
        because.stored,
        words,
        amount=amount,
        unit=names,
        currency=program.currency,
        rewards={reward.id: reward.name} if reward else {},
        names={
            **{campaign.id: campaign.name for campaign in program.campaigns},
            **{milestone.id: milestone.name for milestone in program.milestones},
        },
        rule=_rule_name(program, rule_id),
    )


def _rule_name(program: Program, rule_id: str) -> Text | None:
    """What the programme calls a rule: its own name, or that of the one category it is about."""
    rule = next((one for one in program.earn if one.id == rule_id), None)
    if rule is None or rule.name:
        return rule.name if rule else None
    return program.categories.get(rule.categories[0]) if len(rule.categories) == 1 else None


def earned(program: Program, decision: Decision, now: datetime, words: Words) -> View:
    """The answer of an accrual."""
    done, _ = _booked(decision)
    changed = done.tier_from != done.tier_to
    return {
        **booked(program, decision, now, words),
        "explain": [
            *(_explained(program, line, words) for line in done.lines if line.amount > 0),
            *(reason(program, it.reason, "", 0, words) for it in surprises.given(done.facts)),
        ],
        "unlocked": [voucher(program, unlocked, words, now) for unlocked in decision.unlocked],
        "tier_change": {"from": done.tier_from, "to": done.tier_to} if changed else None,
        "refused": refused(program, decision, words),
    }


def refused(program: Program, decision: Decision, words: Words) -> list[View]:
    """What was not granted or not taken although the operation was booked, and why."""
    return [
        {
            "rule": rule,
            "why": reason(program, because, _unit_of(program, rule), 0, words, 0, rule),
        }
        for rule, because in decision.refused
    ]


def _explained(program: Program, line: Line, words: Words) -> str:
    """A granted line in words; reasons about money and items name the amount themselves."""
    because = why(program, line, words)
    if line.reason.counts_purchase or line.unit not in program.units:
        return because
    names: Any = program.units[line.unit].name
    return f"{words.amount(names, line.amount)}: {because}"


def _unit_of(program: Program, rule_id: str) -> str:
    return next((rule.unit for rule in program.earn if rule.id == rule_id), "")


def booked(program: Program, decision: Decision, now: datetime, words: Words) -> View:
    """The entry of a decision and the card after it."""
    done, stored = _booked(decision)
    return {
        "entry": entry(program, done, stored.prev, stored.hash, words),
        "card": card(program, decision.card, now, words),
    }


def voucher(program: Program, held: Voucher, words: Words, now: datetime) -> View:
    """A voucher. Its `qr_url` is put in by `personal_voucher`."""
    unit, lots = carryover.lots_now(program, held.unit, held.lots, held.version)
    day = calendar.local_date(now, program.timezone).isoformat()
    status = _open_status(held.expires_on, day) if held.status == "issued" else held.status
    return {
        "voucher_id": held.voucher_id,
        "code": held.code,
        "reward_id": held.reward_id,
        "status": status,
        **worth.of_voucher(program, held, words),
        "cost": {"unit": unit, "amount": sum(lot.amount for lot in lots)},
        "uses": worth.uses(held),
        "issued_at": calendar.rfc3339(held.issued_ms),
        "expires_at": expires_at(held.expires_on, program.timezone),
        "closed_at": calendar.rfc3339(held.closed_ms) if held.closed_ms else None,
    }


def _booked(decision: Decision) -> tuple[Entry, Recorded]:
    if decision.entry is None or decision.recorded is None:
        raise AssertionError("this operation always books an entry")
    return decision.entry, decision.recorded


def period(found: ShownBoard | None) -> dict[str, object] | None:
    """A period as the API answers it."""
    if found is None:
        return None
    return {
        "from": found.first,
        "until": found.last,
        "members": found.members,
        "places": [
            {"rank": it.rank, "member_id": it.member_id, "name": it.name, "value": it.value}
            for it in found.places
        ],
    }
