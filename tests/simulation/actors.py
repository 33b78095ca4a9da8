"""Who does what at the merchant's: customers, staff, tills, jobs, time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from regulars.actions import publish as publishing
from regulars.domain.calendar import from_ms, hour_of
from regulars.domain.operations import Item
from regulars.domain.refusals import Refused
from regulars.program.shop import Shop
from regulars.store import keys
from regulars.store.errors import Unavailable
from tests.concurrency.faults import Death
from tests.simulation import programmes, tills
from tests.simulation.life import Life
from tests.simulation.rates import Asked
from tests.simulation.requests import Asks
from tests.simulation.world import DAY_MS

MEMBERS = 4
KEY_KEPT_MS = 30 * DAY_MS
JOBS = ("expire", "tier", "benefits", "birthday", "anniversary", "notice", "remind")
REWARDS = ("small", "small", "big", "mug", "mug", "coffee")
CATEGORIES = ("cake", "cake", "gift", "drink", "pass")
HURRY_MS = 20_000
"""How long something may take at most that has a lease or a schedule to keep to."""


def something(life: Life) -> None:
    """Somebody does something; it may be interrupted, and whoever did it may not survive."""
    life.world.turn()
    if not life.members:
        join(life)
        return
    _ACTORS[life.world.chance.randrange(len(_ACTORS))](life)


def join(life: Life) -> None:
    chance = life.world.chance
    if len(life.members) >= MEMBERS:
        again(life)
        return
    email = f"{chance.randrange(MEMBERS + 1)}@example.com"
    birthday = f"{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"
    referred_by = chance.choice(("", *life.members)) if life.members else ""
    if referred_by and chance.random() < 0.5:
        referred_by = life.witness.handles.get(referred_by, referred_by)
    consent = chance.random() < 0.8
    life.ask(Asks("join", life.name(), (email, birthday, consent, referred_by)))


def consent(life: Life) -> None:
    """A member unsubscribes, or agrees again."""
    life.ask(Asks("consent", "", (life.member(), life.world.chance.random() < 0.5)))


def _lines(life: Life) -> tuple[tuple[int, int, str, str], ...]:
    chance = life.world.chance
    return tuple(
        (chance.choice((1, 1, 3)), chance.randrange(0, 2500), "", chance.choice(CATEGORIES))
        for _ in range(chance.choice((0, 0, 1, 2)))
    )


def stamp(life: Life) -> None:
    chance = life.world.chance
    key, lines = life.name(), _lines(life)
    visits = chance.choice((1, 1, 1, 2, 0))
    spend = sum(line[1] for line in lines) + chance.choice((0, 150, 900, 4000))
    order = life.name() if chance.random() < 0.3 else None
    content = (life.member(), visits, spend, lines, order, chance.random() < 0.4)
    _sold(life, f"order:{order}" if order else f"key:{key}", visits, spend, spend, lines, None)
    if order:
        life.orders.append((order, spend))
    life.ask(Asks("stamp", key, content))


def sale(life: Life) -> None:
    """Rung up now; its event may come much later."""
    chance = life.world.chance
    lines, order = _lines(life), life.name()
    spend = sum(line[1] for line in lines) + chance.choice((0, 333, 1200, 7000))
    paid = spend + chance.choice((0, 0, 77))
    effective_ms = life.world.now_ms - chance.choice((0, 0, 3600_000, 3 * DAY_MS))
    _sold(life, f"order:{order}", 1, spend, paid, lines, effective_ms)
    life.orders.append((order, paid))
    asks = Asks("sale", "", (life.member(), spend, paid, lines, order, effective_ms))
    if paid == spend and chance.random() < 0.3:
        profile = life.witness.profiles[asks.content[0]]
        scanned = profile["handle"] if chance.random() < 0.5 else ""
        life.orders_queue.take(tills.sold(life.m, asks.content, profile["email"], scanned))
        life.queued.append(order)
        return
    if chance.random() < 0.4:
        life.late.append(asks)
        life.unanswered[asks] = None
    else:
        life.ask(asks)


def _sold(
    life: Life, name: str, visits: int, spend: int, paid: int, lines: Any, effective_ms: int | None
) -> None:
    items = tuple(Item(*line) for line in lines)
    life.witness.asked[name] = Asked(visits, spend, paid, items, effective_ms)


def arrive(life: Life) -> None:
    if life.late:
        life.ask(life.late.pop(life.world.chance.randrange(len(life.late))))


def refund(life: Life) -> None:
    chance = life.world.chance
    if not life.orders:
        return
    order, paid = life.orders[-min(len(life.orders), chance.choice((1, 1, 2, 3, 5, 9)))]
    amount = chance.choice((None, paid // 2, paid // 3, paid, paid // 7 + 1))
    firsts = _first_purchases(life)
    if firsts and chance.random() < 0.35:
        order, amount = chance.choice(firsts), None
    sold = life.witness.asked[f"order:{order}"].items
    items = sold[: chance.choice((0, 1, 1, 2))] if amount and sold else ()
    if items:
        amount = max(1, sum(item.amount_minor for item in items))
    key = life.name() if chance.random() < 0.3 else ""
    content = (order, life.name(), amount, tuple(tuple(item) for item in items))
    if not key and amount != 0 and chance.random() < 0.3:
        life.orders_queue.take(tills.refunded(content))
    else:
        life.ask(Asks("refund", key, content))


def _first_purchases(life: Life) -> list[str]:
    """The orders for which somebody was, or will be, rewarded for a friend."""
    replays = life.witness.replays
    return [
        order
        for order, (member, seq) in life.witness.orders.items()
        if replays[member].first == seq
    ]


def undo(life: Life) -> None:
    member = life.member()
    replay = life.witness.replays.get(member)
    if replay and replay.sold:
        life.ask(Asks("undo", life.name(), (member, replay.sold[-1])))


def issue(life: Life) -> None:
    life.ask(Asks("issue", life.name(), (life.member(), life.world.chance.choice(REWARDS))))


def _voucher(life: Life, what: str) -> None:
    chance = life.world.chance
    known = list(life.witness.vouchers.items())[-12:]
    still = [voucher for voucher in known if voucher[1][2] == "issued"]
    if known:
        voucher_id, (member, _, _) = chance.choice(still or known)
        life.ask(Asks(what, life.name(), (member, voucher_id)))


def look(life: Life) -> None:
    """Somebody looks at a card and its newest entry: as they are, or as they were a moment ago."""
    member, consistent = life.member(), life.world.chance.random() < 0.3
    table, world = life.world.table, life.world
    world.turn()
    try:
        (item,) = table.get(keys.state(life.m, member), consistent=consistent)
        page = table.query(
            keys.card(life.m, member), prefix=keys.ENTRY_PREFIX, newest_first=True, limit=1,
            consistent=consistent,
        )  # fmt: skip
    except (Unavailable, Death):
        return
    life.witness.saw(member, item, page.items)


def redeem(life: Life) -> None:
    _voucher(life, "redeem")


def cancel(life: Life) -> None:
    _voucher(life, "cancel")


def adjust(life: Life) -> None:
    chance = life.world.chance
    unit, amount = chance.choice(("point", "stamp")), chance.choice((-9, -4, -1, 2, 6, 15))
    content = (life.member(), unit, amount, chance.random() < 0.3)
    life.ask(Asks("adjust", life.name(), content))


def act(life: Life) -> None:
    life.ask(Asks("act", life.name(), (life.member(), "review")))


def gift(life: Life) -> None:
    """Staff gives something away, as long as the budget lasts."""
    if "hand" in programmes.surprises(life.witness.shop):
        life.ask(Asks("gift", life.name(), (life.member(), "hand")))


def grant(life: Life) -> None:
    chance = life.world.chance
    today = from_ms(life.world.now_ms + chance.choice((-2, 5, 40)) * DAY_MS)
    until = chance.choice(("", today.date().isoformat()))
    key, tier, by = life.name(), chance.choice(("silver", "gold")), "hand"
    if life.witness.shop == programmes.ALL.index(programmes.CLUB) and chance.random() < 0.8:
        tier, by, until = "gold", "membership", ""
        life.witness.asked[f"key:{key}"] = Asked(0, 0, 0, ())
    life.ask(Asks("grant", key, (life.member(), tier, until, by)))


def jobs(life: Life) -> None:
    """What the due list has; twice, and now and then what is not due."""
    chance = life.world.chance
    if life.way != "direct" and chance.random() < 0.8:
        life.walks.go()
        return
    on_list = due(life)
    if on_list:
        member, name = on_list[chance.randrange(len(on_list))]
    else:
        member, name = life.member(), chance.choice(JOBS)
    life.ask(Asks("job", "", (member, name)))
    if chance.random() < 0.3:
        life.ask(Asks("job", "", (member, name)))


def due(life: Life) -> list[tuple[str, str]]:
    """Members and jobs whose marks stand at or before now."""
    hour = hour_of(from_ms(life.world.now_ms))
    return sorted(one for one, at in life.witness.due.items() if at <= hour)


def wait(life: Life) -> None:
    chance, world = life.world.chance, life.world
    hours = chance.choice((0, 1, 5, 24, 24, 72, 24 * 11, 24 * 40))
    by_ms = hours * 3600_000 + chance.randrange(600_000)
    if life.way == "walk" and not world.depth and chance.random() < 0.3:
        by_ms = life.walks.next_run_ms()
    hurried = world.hurried or (world.depth and life.way == "walk")
    world.now_ms += min(by_ms, HURRY_MS) if hurried else by_ms


def publish(life: Life) -> None:
    version = life.witness.version
    document = programmes.version(life.witness.shop, version + 1)[0]
    life.world.say("→ publish", version + 1)
    try:
        program = programmes.version(life.witness.shop, version)[1]
        shop = Shop(life.world.table, life.m, program, from_ms(life.world.now_ms))
        publishing.publish(shop, document, version)
    except (Refused, Unavailable, Death) as error:
        life.world.say("← publish", repr(error))


def again(life: Life) -> None:
    """A request comes again, or its key comes with something else."""
    chance = life.world.chance
    if not life.asked:
        return
    asks, first_ms = life.asked[-min(len(life.asked), 1 + int(chance.expovariate(0.15)))]
    if asks.key and life.world.now_ms - first_ms > KEY_KEPT_MS:
        return
    if asks.what == "adjust" and chance.random() < 0.5:
        life.other(asks)
    else:
        life.ask(asks)


def streams(life: Life) -> None:
    """The stream brings a batch of records."""
    life.world.chance.choice(life.streams).bring()


def queue(life: Life) -> None:
    """A queue brings a message."""
    life.world.chance.choice((life.queue, life.orders_queue)).bring()


def ttl(life: Life) -> None:
    """What may go by now goes, or some of it."""
    life.ttl.remove()


_ACTORS: list[Callable[[Life], None]] = [
    *[stamp] * 8, *[sale] * 5, *[refund] * 6, *[arrive] * 3, undo, *[issue] * 6, *[redeem] * 4,
    *[cancel] * 3, *[adjust] * 4, *[act] * 2, *[grant] * 2, gift, *[jobs] * 6, *[wait] * 7, publish,
    *[again] * 8, *[join] * 2, *[look] * 36, consent, *[streams] * 7, *[queue] * 10, ttl,
]  # fmt: skip
