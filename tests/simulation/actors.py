"""Who does what at the merchant's: customers, staff, tills, jobs, time."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from regulars.actions import publish as publishing
from regulars.domain.calendar import from_ms, hour_of
from regulars.domain.refusals import Refused
from regulars.program.shop import Shop
from regulars.store import keys
from regulars.store.errors import Unavailable
from tests.concurrency.faults import Death
from tests.simulation import programs, tills
from tests.simulation.damage import damage
from tests.simulation.rates import Asked
from tests.simulation.requests import Asks
from tests.simulation.run import Run
from tests.simulation.world import DAY_MS

MEMBERS = 4
KEY_KEPT_MS = 30 * DAY_MS
JOBS = ("expire", "tier", "benefits", "birthday", "anniversary", "notice", "remind")
REWARDS = ("small", "small", "big", "mug", "mug", "coffee")
CATEGORIES = ("cake", "cake", "gift", "drink", "pass")
HURRY_MS = 20_000
"""How long something may take at most that has a lease or a schedule to keep to."""


def something(run: Run) -> None:
    """Somebody does something; it may be interrupted, and whoever did it may not survive."""
    run.world.turn()
    if not run.members:
        join(run)
        return
    crowd = _ACTORS if run.checker.shop < programs.SHOPS else [*_ACTORS, *_WITH_CREDIT]
    crowd[run.world.chance.randrange(len(crowd))](run)


def join(run: Run) -> None:
    chance = run.world.chance
    if len(run.members) >= MEMBERS:
        again(run)
        return
    email = f"{chance.randrange(MEMBERS + 1)}@example.com"
    birthday = f"{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"
    referred_by = chance.choice(("", *run.members)) if run.members else ""
    if referred_by and chance.random() < 0.5:
        referred_by = run.checker.handles.get(referred_by, referred_by)
    consent = chance.random() < 0.8
    run.ask(Asks("join", run.name(), (email, birthday, consent, referred_by)))


def consent(run: Run) -> None:
    """A member unsubscribes, or agrees again."""
    run.ask(Asks("consent", "", (run.member(), run.world.chance.random() < 0.5)))


def _lines(run: Run) -> tuple[tuple[int, int, str, str], ...]:
    chance = run.world.chance
    return tuple(
        (chance.choice((1, 1, 3)), chance.randrange(0, 2500), "", chance.choice(CATEGORIES))
        for _ in range(chance.choice((0, 0, 1, 2)))
    )


def stamp(run: Run) -> None:
    chance = run.world.chance
    key, lines = run.name(), _lines(run)
    visits = chance.choice((1, 1, 1, 2, 0))
    spend = sum(line[1] for line in lines) + chance.choice((0, 150, 900, 4000))
    order = run.name() if chance.random() < 0.3 else None
    content = (run.member(), visits, spend, lines, order, chance.random() < 0.4)
    counted = visits if spend or not lines else 0  # nothing was paid: no visit
    _sold(run, f"order:{order}" if order else f"key:{key}", counted, spend, spend, lines, None)
    if order:
        run.orders.append((order, spend))
    run.ask(Asks("stamp", key, content))


def sale(run: Run) -> None:
    """Rung up now; its event may come much later."""
    chance = run.world.chance
    lines, order = _lines(run), run.name()
    spend = sum(line[1] for line in lines) + chance.choice((0, 333, 1200, 7000))
    paid = spend + chance.choice((0, 0, 77))
    effective_ms = run.world.now_ms - chance.choice((0, 0, 3600_000, 3 * DAY_MS))
    _sold(run, f"order:{order}", int(paid > 0), spend, paid, lines, effective_ms)
    run.orders.append((order, paid))
    asks = Asks("sale", "", (run.member(), spend, paid, lines, order, effective_ms))
    if paid == spend and chance.random() < 0.3:
        profile = run.checker.profiles[asks.content[0]]
        scanned = profile["handle"] if chance.random() < 0.5 else ""
        run.orders_queue.take(tills.sold(run.m, asks.content, profile["email"], scanned))
        run.queued.append(order)
        return
    if chance.random() < 0.4:
        run.late.append(asks)
        run.unanswered[asks] = None
    else:
        run.ask(asks)


def _sold(
    run: Run, name: str, visits: int, spend: int, paid: int, lines: Any, effective_ms: int | None
) -> None:
    items = tills.lines(lines)
    run.checker.asked[name] = Asked(visits, spend, paid, items, effective_ms)


def arrive(run: Run) -> None:
    if run.late:
        run.ask(run.late.pop(run.world.chance.randrange(len(run.late))))


def refund(run: Run) -> None:
    chance = run.world.chance
    if not run.orders:
        return
    order, paid = run.orders[-min(len(run.orders), chance.choice((1, 1, 2, 3, 5, 9)))]
    amount = chance.choice((None, paid // 2, paid // 3, paid, paid // 7 + 1))
    firsts = _first_purchases(run)
    if firsts and chance.random() < 0.35:
        order, amount = chance.choice(firsts), None
    sold = run.checker.asked[f"order:{order}"].items
    items = sold[: chance.choice((0, 1, 1, 2))] if amount and sold else ()
    if items:
        amount = max(1, sum(item.amount_minor for item in items))
    key = run.name() if chance.random() < 0.3 else ""
    content = (order, run.name(), amount, tuple((item.milli // 1000, *item[1:4]) for item in items))
    if not key and amount != 0 and chance.random() < 0.3:
        run.orders_queue.take(tills.refunded(content))
    else:
        run.ask(Asks("refund", key, content))


def _first_purchases(run: Run) -> list[str]:
    """The orders for which somebody was, or will be, rewarded for a friend."""
    replays = run.checker.replays
    return [
        order for order, (member, seq) in run.checker.orders.items() if replays[member].first == seq
    ]


def undo(run: Run) -> None:
    member = run.member()
    replay = run.checker.replays.get(member)
    if replay and replay.sold:
        run.ask(Asks("undo", run.name(), (member, replay.sold[-1])))


def issue(run: Run) -> None:
    run.ask(Asks("issue", run.name(), (run.member(), run.world.chance.choice(REWARDS))))


def _voucher(run: Run, what: str) -> None:
    chance = run.world.chance
    known = list(run.checker.vouchers.items())[-12:]
    still = [voucher for voucher in known if voucher[1][2] == "issued"]
    if known:
        voucher_id, (member, _, _) = chance.choice(still or known)
        run.ask(Asks(what, run.name(), (member, voucher_id)))


def look(run: Run) -> None:
    """Somebody looks at a card and its newest entry: as they are, or as they were a moment ago."""
    member, consistent = run.member(), run.world.chance.random() < 0.3
    table, world = run.world.table, run.world
    world.turn()
    try:
        (item,) = table.get(keys.state(run.m, member), consistent=consistent)
        page = table.query(
            keys.card(run.m, member), prefix=keys.ENTRY_PREFIX, newest_first=True, limit=1,
            consistent=consistent,
        )  # fmt: skip
    except (Unavailable, Death):
        return
    run.checker.saw(member, item, page.items)


def redeem(run: Run) -> None:
    _voucher(run, "redeem")


def cancel(run: Run) -> None:
    _voucher(run, "cancel")


def take(run: Run) -> None:
    """Some points are taken as money off."""
    units = programs.RATE["units"] * run.world.chance.choice((1, 3, 9, 30, 80))
    run.ask(Asks("take", run.name(), (run.member(), units)))


def _credit(run: Run) -> tuple[str, str] | None:
    """Member and id of a voucher for credit, a newer one more often."""
    known = [(one[0], name) for name, one in run.checker.vouchers.items() if one[1] == "money"]
    return run.world.chance.choice(known[-6:]) if known else None


def use(run: Run) -> None:
    """Money of a credit is used with an order, as often as not one of the last."""
    chance = run.world.chance
    if not (found := _credit(run)):
        return
    old = [order for order, (whose, _) in run.checker.orders.items() if whose == found[0]][-3:]
    order = chance.choice(old) if old and chance.random() < 0.7 else run.name()
    amount = chance.choice((None, None, 1, 13, 27, 40, 111))
    bill = chance.choice((20, 50, 90, 150, 400))
    asks = Asks("use", run.name(), (*found, amount, order, bill))
    run.checker.bills[f"key:{asks.key}"] = bill
    run.ask(asks)


def take_back(run: Run) -> None:
    """A use of a credit was a mistake: the last one, or that with an order."""
    chance = run.world.chance
    if not (found := _credit(run)):
        return
    uses = json.loads(run.checker.credits[found[1]])[3]
    order = chance.choice(uses)[2] if uses and chance.random() < 0.5 else None
    run.ask(Asks("reverse", run.name(), (*found, order)))


def adjust(run: Run) -> None:
    chance = run.world.chance
    unit, amount = chance.choice(("point", "stamp")), chance.choice((-9, -4, -1, 2, 6, 15))
    content = (run.member(), unit, amount, chance.random() < 0.3)
    run.ask(Asks("adjust", run.name(), content))


def act(run: Run) -> None:
    run.ask(Asks("act", run.name(), (run.member(), "review")))


def gift(run: Run) -> None:
    """Staff gives something away, as long as the budget lasts."""
    if "hand" in programs.surprises(run.checker.shop):
        run.ask(Asks("gift", run.name(), (run.member(), "hand")))


def grant(run: Run) -> None:
    chance = run.world.chance
    today = from_ms(run.world.now_ms + chance.choice((-2, 5, 40)) * DAY_MS)
    until = chance.choice(("", today.date().isoformat()))
    key, tier, by = run.name(), chance.choice(("silver", "gold")), "hand"
    if run.checker.shop == programs.ALL.index(programs.CLUB) and chance.random() < 0.8:
        tier, by, until = "gold", "membership", ""
        run.checker.asked[f"key:{key}"] = Asked(0, 0, 0, ())
    run.ask(Asks("grant", key, (run.member(), tier, until, by)))


def jobs(run: Run) -> None:
    """What the due list has; twice, and now and then what is not due."""
    chance = run.world.chance
    if run.way != "direct" and chance.random() < 0.8:
        run.walks.go()
        return
    on_list = due(run)
    if on_list:
        member, name = on_list[chance.randrange(len(on_list))]
    else:
        member, name = run.member(), chance.choice(JOBS)
    run.ask(Asks("job", "", (member, name)))
    if chance.random() < 0.3:
        run.ask(Asks("job", "", (member, name)))


def due(run: Run) -> list[tuple[str, str]]:
    """Members and jobs whose marks stand at or before now."""
    hour = hour_of(from_ms(run.world.now_ms))
    return sorted(one for one, at in run.checker.due.items() if at <= hour)


def wait(run: Run) -> None:
    chance, world = run.world.chance, run.world
    hours = chance.choice((0, 1, 5, 24, 24, 72, 24 * 11, 24 * 40))
    by_ms = hours * 3600_000 + chance.randrange(600_000)
    if run.way == "walk" and not world.depth and chance.random() < 0.3:
        by_ms = run.walks.next_run_ms()
    hurried = world.hurried or (world.depth and run.way == "walk")
    world.now_ms += min(by_ms, HURRY_MS) if hurried else by_ms


def publish(run: Run) -> None:
    version = run.checker.version
    document = programs.version(run.checker.shop, version + 1)[0]
    run.world.say("→ publish", version + 1)
    try:
        program = programs.version(run.checker.shop, version)[1]
        shop = Shop(run.world.table, run.m, program, from_ms(run.world.now_ms))
        with run.world.rough(0.5):
            publishing.publish(shop, document, version)
    except (Refused, Unavailable, Death) as error:
        run.world.say("← publish", repr(error))


def again(run: Run) -> None:
    """A request comes again, or its key comes with something else."""
    chance = run.world.chance
    if not run.asked:
        return
    asks, first_ms = run.asked[-min(len(run.asked), 1 + int(chance.expovariate(0.15)))]
    if asks.key and run.world.now_ms - first_ms > KEY_KEPT_MS:
        return
    if asks.what == "adjust" and chance.random() < 0.5:
        run.other(asks)
    else:
        run.ask(asks)


def streams(run: Run) -> None:
    """The stream brings a batch of records."""
    run.world.chance.choice(run.streams).bring()


def queue(run: Run) -> None:
    """A queue brings a message."""
    run.world.chance.choice((run.queue, run.orders_queue)).bring()


def works(run: Run) -> None:
    """The queue of work brings a message."""
    run.world.chance.choice((run.work, run.work, run.reviews)).bring()


def ttl(run: Run) -> None:
    """What may go by now goes, or some of it."""
    run.ttl.remove()


_ACTORS: list[Callable[[Run], None]] = [
    *[stamp] * 8, *[sale] * 5, *[refund] * 6, *[arrive] * 3, undo, *[issue] * 6, *[redeem] * 4,
    *[cancel] * 3, *[adjust] * 4, *[act] * 2, *[grant] * 2, gift, *[jobs] * 6, *[wait] * 7, publish,
    *[again] * 8, *[join] * 2, *[look] * 36, consent, *[streams] * 7, *[queue] * 10, *[works] * 14,
    ttl, damage,
]  # fmt: skip

_WITH_CREDIT: list[Callable[[Run], None]] = [*[take] * 14, *[use] * 40, *[take_back] * 9]
"""Who comes besides where points are money off."""
