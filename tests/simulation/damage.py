"""What a restore or a spoilt item leaves of a card: found, named, rebuilt, and nobody else waits.

It happens in calm weather and in one go, for what is booked on a spoilt state is booked: only that
which reads and repairs it is let near.
"""

from __future__ import annotations

from typing import Any

from regulars.actions import aside, preview, repair
from regulars.domain.calendar import from_ms, hour_of
from regulars.domain.card import Card
from regulars.domain.operations import ClearDue, Origin
from regulars.program.shop import Shop
from regulars.store import cards, keys
from regulars.store.ledger import due_item
from regulars.store.marshal import from_item, to_item
from regulars.store.member_lists import all_cards
from tests import fleet
from tests.simulation import programs
from tests.simulation.checker import Broken
from tests.simulation.run import Run

KINDS = ("old", "gone", "text", "field", "field", "voucher")
SPOILT: dict[str, Any] = {
    "lots": {}, "debt": {"point": 99}, "carry": {}, "windows": {}, "came": {"737425": 9},
    "tier": None, "held": {}, "open": {}, "taken": {}, "enrolled_ms": 1, "last_visit_ms": 1,
    "inactive_after": {"point": "2020-01-01"}, "seq": 1, "stepped": 999,
}  # fmt: skip
"""By field of a card what it is spoilt to; `due` is a bound and `traced` is not looked at."""


def damage(run: Run) -> None:
    """Spoil something of a card, look at it, repair it; it is as it was."""
    world, checker = run.world, run.checker
    if world.depth or not run.members or world.chance.random() < 0.5:
        return
    member = run.member()
    before = _items(run, member)
    kept = world.calm
    world.calm = True
    try:
        if not _spoil(run, member):
            return
        checker.spoilt.add(member)
        _passed_by_others(run, member)
        _repaired(run, member)
        checker.spoilt.discard(member)
        after = _items(run, member)
        for sk in after:  # nobody reads it as it was while it was damaged
            world.memory.past.pop((keys.card(run.m, member), sk), None)
    finally:
        world.calm = kept
    for sk in {*before, *after}:
        if sk == "STATE" or sk.startswith("VOUCHER#"):
            same = _comparable(before.get(sk)) == _comparable(after.get(sk))
            _must(same, f"a repair left another {sk.partition('#')[0]}")


def _items(run: Run, member: str) -> dict[str, dict[str, Any]]:
    part = run.world.memory.items[keys.card(run.m, member)]
    return {place[0]: from_item(item) for place, item in part.items()}


def _comparable(item: dict[str, Any] | None) -> Any:
    """A card without version and due list, a voucher as it is; what entries do not say is gone with
    an item that cannot be read."""
    if item is None or item["SK"] != "STATE":
        unit = {"unit": item["unit"] if item["lots"] != "[]" else ""} if item else {}
        return item and {**item, **unit, fleet.UNKNOWN: ""}
    return cards.card_of(item)._replace(version=0, due={}, rest={})


def _spoil(run: Run, member: str) -> bool:
    """Change an item behind everybody's back; whether that is another card now."""
    chance, memory = run.world.chance, run.world.memory
    key = keys.state(run.m, member)
    kind = chance.choice(KINDS)
    run.world.say("→ damage", kind, member)
    there = from_item(memory.items[key[0]][key[1],])
    card = cards.card_of(there)
    if kind == "voucher":
        return _spoil_voucher(run, member)
    if kind == "gone":
        memory.items[key[0]].drop((key[1],))
        return True
    if kind == "text":
        spoilt = {**there, "s": "no card"}
    elif kind == "field":
        name = chance.choice(sorted(SPOILT))
        changed = card._replace(**{name: SPOILT[name]})
        if changed == card:
            return False
        spoilt = cards.state_item(run.m, changed)
    else:
        old = next((it for it in memory.past.get(key, ()) if it is not None), None)
        if old is None or cards.card_of(from_item(old)).seq == card.seq:
            return False
        spoilt = from_item(old)
    memory.items[key[0]].keep((key[1],), to_item(spoilt))
    return True


def _spoil_voucher(run: Run, member: str) -> bool:
    part = run.world.memory.items[keys.card(run.m, member)]
    vouchers = [place for place in part.order if place[0].startswith(keys.VOUCHER_PREFIX)]
    if not vouchers:
        return False
    place = run.world.chance.choice(vouchers)
    status = part[place]["status"]["S"]
    other = "redeemed" if status != "redeemed" else "issued"
    part.keep(place, {**part[place], "status": {"S": other}})
    return True


def _passed_by_others(run: Run, member: str) -> None:
    """A preview and a walk along all cards reach everybody whose card can be read."""
    shop = _shop(run)
    readable = _readable(run, member)
    others = set(run.checker.replays) - (set() if readable else {member})
    met = {card.member_id for card in all_cards(shop.table, run.m, aside.of(shop, "tier"))}
    _must(met == others, "a card was left out, or not passed by")
    if readable:
        return
    document, program = programs.version(run.checker.shop, run.checker.version + 1)
    seen = preview.preview(shop, program, document)["members"]
    _must(seen == len(others), "a preview did not pass by")
    (item,) = shop.table.get(keys.attention(run.m, f"damaged_card.{member}"))
    _must(bool(item and item["open"]), "a damaged card is on no list")
    if run.way == "walk":
        run.walks.go()
    elif run.way == "sandbox":
        hour = hour_of(shop.now)
        shop.table.put(due_item(run.m, member, "expire", hour))
        run.walks.go()
        (mark,) = shop.table.get(keys.due_mark(run.m, member, "expire"))
        _must(bool(mark and mark["hour"] > hour), "what cannot be done was not put off")


def _readable(run: Run, member: str) -> bool:
    pk, sk = keys.state(run.m, member)
    item = run.world.memory.items[pk].get((sk,))
    try:
        return item is not None and bool(cards.card_of(from_item(item)))
    except cards.DamagedError:
        return False


def _repaired(run: Run, member: str) -> None:
    """The check names it, a repair on an old reading gives way, one on a new reading heals it."""
    shop = _shop(run)
    found = repair.check(shop, member)
    _must(not found.problems, f"the entries are said to be damaged: {found.problems}")
    _must(bool(found.differences), "a damaged card was not found")
    if found.card and run.world.chance.random() < 0.5 and _somebody_writes(shop, found.card):
        _must(not repair.repair(shop, found), "a repair wrote over what came first")
        found = repair.check(shop, member)
    _must(repair.repair(shop, found), "a repair was refused")
    marks = {sk: it for sk, it in _items(run, member).items() if sk.startswith(keys.DUE_PREFIX)}
    _must(not any(it.get("tries") for it in marks.values()), "what was put off is not due again")
    again = repair.check(shop, member)
    _must(again.ok, f"not repaired: {again.words}")


def _somebody_writes(shop: Shop, card: Card) -> bool:
    """Write the state as it is, with a version more, as a job that has nothing to book does."""
    if card.seq == 1 or card.stepped > shop.program.version:
        return False
    operation = ClearDue(Origin(f"clear:{card.version}", "job"), "notice")
    shop.ledger.perform(shop.program, card, operation, shop.now, fresh=True)
    return True


def _shop(run: Run) -> Shop:
    program = programs.version(run.checker.shop, run.checker.version)[1]
    return Shop(run.world.table, run.m, program, from_ms(run.world.now_ms))


def _must(holds: bool, words: str) -> None:
    if not holds:
        raise Broken(words)
