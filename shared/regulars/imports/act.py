"""Does what a line asks for: a new member, or a change of one who is there; twice is once.

What will be done with a member is written down before it is done, with the differences that it
makes. A run that comes again finds it and goes on with the same numbers; undoing reads it.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from regulars.actions.change_profile import change_profile
from regulars.actions.enroll import enroll
from regulars.core import tokens
from regulars.domain import calendar
from regulars.domain.card import Card
from regulars.domain.operations import Adjust, GrantTier, Origin
from regulars.domain.refusals import RefusalCode, Refused
from regulars.imports.lines import Wish
from regulars.program.shop import Shop
from regulars.store import import_keys
from regulars.store import imports as kept
from regulars.store.answers import Idempotency
from regulars.store.marshal import Item
from regulars.store.members import ERASED, Members
from regulars.store.profiles import Profile

SOURCE = "import"
FIELDS = ("name", "email", "phone", "birthday", "language")
ATTRIBUTES_MAX = 20


class Done(NamedTuple):
    """What became of a line: `new`, `changed`, `same` or `refused`, for which reason."""

    what: str
    member_id: str = ""
    mistake: str = ""
    column: str = ""


class Change(NamedTuple):
    """What a line makes of a member."""

    profile: Mapping[str, Any]
    """New values by field of the profile."""
    given: Mapping[str, int]
    """Units to be added (or taken off), by unit."""
    tier: str = ""

    def __bool__(self) -> bool:
        return bool(self.profile or self.given or self.tier)


def act(shop: Shop, import_id: str, wish: Wish, *, dry_run: bool) -> Done:
    """Do what a line asks for, or only say what it would do. Raises what may go well a moment
    later."""
    try:
        member_id = _whose(shop, wish)
        if member_id is None:
            return Done("new") if dry_run else _enroll(shop, import_id, wish)
        return _see_to(shop, import_id, wish, member_id, dry_run=dry_run)
    except Refused as refused:
        if refused.code.transient:
            raise
        return Done("refused", "", *_why(refused))


def _whose(shop: Shop, wish: Wish) -> str | None:
    """The member whom a line is about; None for somebody new. Raises Refused for one who was
    erased, or when it is about two."""
    m, table = shop.merchant_id, shop.table
    found: list[str] = []
    if wish.external_id:
        (item,) = table.get(import_keys.named(m, wish.external_id))
        found += [item["c"]] if item and item.get("c") else []
    given = {kind: value for kind, value in (("email", wish.email), ("phone", wish.phone)) if value}
    holders = Members(table, m).who_has(given) if given else {}
    found += holders.values()
    if ERASED in found:
        raise _refused("erased")
    members = {_living(shop, one) for one in found}
    if len(members) > 1:
        raise _refused("two")
    return members.pop() if members else None


def _living(shop: Shop, member_id: str) -> str:
    """The member whose card is kept; raises Refused for one who was erased."""
    profile = Members(shop.table, shop.merchant_id).profile(member_id)
    if profile is None:
        raise _refused("erased")
    return profile.member_id


def _enroll(shop: Shop, import_id: str, wish: Wish) -> Done:
    now_ms = calendar.to_ms(shop.now)
    new = Profile(
        "", "", 0, name=wish.name, email=wish.email, phone=wish.phone, birthday=wish.birthday,
        language=wish.language, source=SOURCE, link_key=tokens.key_name(),
    )  # fmt: skip
    proved = [kind for kind in ("email", "phone", "birthday") if getattr(new, kind)]
    new = _with_consents(new.with_proof(now_ms, "merchant", *proved), wish, shop)
    new = new._replace(attributes=dict(wish.facts))
    enrolled = enroll(
        shop, new, op=f"import:{import_id}:{wish.line}", source=SOURCE,
        render=lambda decision: {"member_id": decision.card.member_id}, idempotency=Idempotency(),
    )  # fmt: skip
    if enrolled.answer is None:  # somebody has just joined with it
        return _see_to(shop, import_id, wish, enrolled.member_id, dry_run=False)
    return _see_to(shop, import_id, wish, enrolled.member_id, dry_run=False, new=True)


def _see_to(
    shop: Shop, import_id: str, wish: Wish, member_id: str, *, dry_run: bool, new: bool = False
) -> Done:
    """Change a member who is there, or was just made, into what a line asks for."""
    m, table = shop.merchant_id, shop.table
    done = kept.of_member(table, m, member_id)
    own = next(
        (one for one in done if one["SK"] == import_keys.of_card(m, member_id, import_id)[1]), None
    )
    if own is None:
        card, profile = _read(shop, member_id)
        new = new or _was_made(shop, import_id, wish, profile)
        change = _change(shop, wish, card, profile, done, new=new)
        if dry_run or not (change or new):
            if wish.external_id and not dry_run:
                _name(shop, wish.external_id, member_id)
            return Done("changed" if change else "same", member_id)
        before = {name: getattr(profile, name) for name in change.profile if name in FIELDS}
        external = import_keys.named(m, wish.external_id)[0] if wish.external_id else ""
        own = kept.put_done(table, m, member_id, import_id, {
            "line": wish.line, "new": new, "given": dict(change.given), "tier": change.tier,
            "before": before, "after": {name: change.profile[name] for name in before},
            "external": external, "seq": 0, "undone": False,
                "counted": dict(wish.balances if new else change.given),
        })  # fmt: skip
    elif dry_run or own["line"] != wish.line:
        return Done("same", member_id)
    _carry_out(shop, import_id, wish, member_id, own)
    return Done("new" if own["new"] else "changed", member_id)


def _was_made(shop: Shop, import_id: str, wish: Wish, profile: Profile) -> bool:
    """Tell whether a run that broke off has made this member, and nothing more."""
    if profile.source != SOURCE:
        return False
    known = shop.ledger.known(f"import:{import_id}:{wish.line}", "")
    return known is not None and known.body["member_id"] == profile.member_id


def _name(shop: Shop, external_id: str, member_id: str) -> None:
    """Remember whose an id of the merchant's own is."""
    pk, sk = import_keys.named(shop.merchant_id, external_id)
    shop.table.put({"PK": pk, "SK": sk, "c": member_id})


def _change(
    shop: Shop, wish: Wish, card: Card, profile: Profile, done: list[Item], *, new: bool
) -> Change:
    """What is different between a member and what a line asks for."""
    fields: dict[str, Any] = {
        name: getattr(wish, name)
        for name in FIELDS
        if getattr(wish, name) and getattr(wish, name) != getattr(profile, name)
    }
    attributes = dict([*profile.attributes.items(), *wish.facts.items()][:ATTRIBUTES_MAX])
    if attributes != dict(profile.attributes):
        fields["attributes"] = attributes
    consents = [channel for channel in wish.consents if channel not in profile.consents]
    if consents:
        fields["consents"] = consents
    rank = shop.program.tier_rank(card.tier_id)
    tier = wish.tier if wish.tier and shop.program.tier_rank(wish.tier) > rank else ""
    return Change(fields, _owing(shop, wish, card, done, new=new), tier)


def _owing(shop: Shop, wish: Wish, card: Card, done: list[Item], *, new: bool) -> dict[str, int]:
    """By unit what is still to be given. What joining gave a new member is part of it."""
    given: Counter[str] = Counter()
    for one in done:
        given.update(one.get("counted", {}))
    if new:
        today = calendar.local_date(shop.now, shop.program.timezone).isoformat()
        given = Counter({unit: card.available(unit, today) for unit in wish.balances})
        return {unit: n - given[unit] for unit, n in wish.balances.items() if n > given[unit]}
    return {unit: n - given[unit] for unit, n in wish.balances.items() if n != given[unit]}


def _carry_out(shop: Shop, import_id: str, wish: Wish, member_id: str, own: Item) -> None:
    """Do what was written down; each step only once, whatever comes again."""
    m = shop.merchant_id
    if wish.external_id:
        _name(shop, wish.external_id, member_id)
    card, profile = _read(shop, member_id)
    after = _with_consents(profile._replace(attributes=_facts(profile, wish)), wish, shop)
    changed = [kind for kind in ("email", "phone") if own["after"].get(kind, "") not in {
        "", getattr(profile, kind)}]  # fmt: skip
    after = after.without(changed)._replace(**own["after"])
    after = after.with_proof(calendar.to_ms(shop.now), "merchant", *changed)
    if after != profile:
        change_profile(shop, profile, after._replace(version=profile.version + 1))
    for unit, amount in sorted(own["given"].items()):
        origin = origin_of(f"import:{import_id}:{wish.line}:{unit}")
        ends = wish.expires_on if amount > 0 else ""
        adjust = Adjust(origin, unit, int(amount), "import", expires_on=ends)
        shop.ledger.perform(shop.program, card, adjust, shop.now)
    if own["tier"]:
        origin = origin_of(f"import:{import_id}:{wish.line}:tier")
        grant = GrantTier(origin, own["tier"], wish.tier_until, "hand")
        shop.ledger.perform(shop.program, card, grant, shop.now)
    newest = shop.ledger.stored_card(member_id)
    pk, sk = import_keys.of_card(m, member_id, import_id)
    shop.table.put({**own, "PK": pk, "SK": sk, "seq": newest.seq if newest else 0})


def origin_of(op: str) -> Origin:
    """Where an entry of an import comes from."""
    return Origin(op, SOURCE, entropy=os.urandom(16))


def _facts(profile: Profile, wish: Wish) -> dict[str, str]:
    return dict([*profile.attributes.items(), *wish.facts.items()][:ATTRIBUTES_MAX])


def _with_consents(profile: Profile, wish: Wish, shop: Shop) -> Profile:
    """The profile with the consents that a line proves; what a member has decided stays."""
    new = [channel for channel in wish.consents if channel not in profile.consents]
    if not new:
        return profile
    day = calendar.local_start(date.fromisoformat(wish.consent_on), shop.program.timezone)
    proof = {"at": calendar.to_ms(day), "by": "merchant", "wording": wish.consent_proof}
    proofs = {**profile.proofs, **{f"consent.{channel}": proof for channel in new}}
    consents = {**profile.consents, **dict.fromkeys(new, True)}
    return profile._replace(consents=consents, proofs=proofs)


def _read(shop: Shop, member_id: str) -> tuple[Card, Profile]:
    card = shop.ledger.card(member_id)
    profile = Members(shop.table, shop.merchant_id).profile(member_id)
    if card is None or profile is None:
        raise _refused("erased")
    return card, profile


def _refused(code: str) -> Refused:
    return Refused(RefusalCode.INVALID, code, (("", code),))


def _why(refused: Refused) -> tuple[str, str]:
    """The code of a mistake, and the column it is about."""
    if refused.code is RefusalCode.INSUFFICIENT_BALANCE:
        return "spent", ""
    if refused.code is RefusalCode.CONTACT_TAKEN:
        return "two", ""
    code = refused.detail
    return (code, "") if code in {"erased", "two"} else ("refused", "")
