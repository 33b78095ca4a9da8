"""What goes on at one merchant: who is a member, what was asked and answered, what is under way.

Whatever is asked twice must be answered the same; a refusal must be true when it is given.
"""

from __future__ import annotations

import json
from typing import Any

from regulars.actions import due_marks
from regulars.domain.calendar import from_ms, local_date, to_ms
from regulars.domain.refusals import DECIDED, RefusalCode, Refused
from regulars.store import keys
from regulars.store.answers import Answer
from regulars.store.errors import Unavailable
from regulars.store.marshal import Item, to_item
from tests.concurrency.faults import Death
from tests.simulation import programs, tills
from tests.simulation.checker import Broken, Checker
from tests.simulation.delivery import Post, Queue, Stream, announce, follow_version, work
from tests.simulation.requests import Asks, Till, do
from tests.simulation.walking import Walks
from tests.simulation.world import World

Outcome = tuple[str, Any]
"""`("answer", body or None)` or `("refused", code)`."""

WAYS = ("direct", "walk", "sandbox")
"""How jobs come to be done: one by one, as the hourly functions do it, or in a sandbox."""

UNREPEATED = frozenset({"job", "consent"})
"""What has no key and no id; done again it is another request."""


class Run:
    """The state of one run: one merchant, its members and what was asked."""

    checker_of: type[Checker] = Checker
    """What looks at every write."""

    def __init__(self, seed: int, steps: int, shop: int | None = None) -> None:
        self.seed = seed
        self.way = WAYS[seed // programs.SHOPS % len(WAYS)]
        shop = seed % programs.SHOPS if shop is None else shop
        self.checker = self.checker_of(shop, sandbox=self.way == "sandbox")
        days = programs.days_to_begin(self.checker.shop)
        self.world = World(seed, self.checker, days)
        self.world.turns_max = steps
        self.m = self.checker.m
        self.post = Post(self.world, self.checker)
        self.queue = Queue(self.world, self.post.notify)
        self.streams = [
            Stream(self.world, "ENTRY#", lambda image: announce(self.world, image)),
            Stream(self.world, "PROGRAM#", follow_version),
        ]
        self.work, self.reviews = (
            Queue(self.world, lambda message: work(self.world, message)) for _ in range(2)
        )
        """The queue of work is one, but what is due can be brought here by itself."""
        self.checker.streams = self.streams
        for item in programs.first_items(self.checker.shop, self.m):
            self.world.memory.call("PutItem", {"Item": item})
        first = programs.version(self.checker.shop, 1)[1]
        self.checker.began = local_date(from_ms(self.world.now_ms), first.timezone)
        sandbox = self.way == "sandbox"
        self.walks = Walks(self.world, self.checker, self.work, sandbox=sandbox)
        self.ttl = tills.Expiry(self.world)
        self.orders_queue = Queue(self.world, tills.book)
        self.names = 0
        self.members: list[str] = []
        self.asked: list[tuple[Asks, int]] = []
        """Every request that may come again, and when it came first."""
        self.outcomes: dict[Asks, Outcome] = {}
        self.unanswered: dict[Asks, None] = {}
        self.tried: set[Asks] = set()
        self.orders: list[tuple[str, int]] = []
        """Orders and what was paid, booked or not yet."""
        self.queued: list[str] = []
        """Orders whose sale went into the queue."""
        self.late: list[Asks] = []
        """Sales that are on their way."""

    def begin(self) -> None:
        """What is there when the merchant begins: itself, a till, a draw to come. It has no quiet
        hours, so that whatever is to be sent can be sent at once."""
        self.world.memory.call("PutItem", {"Item": to_item(_merchant(self.m))})
        self.world.memory.call("PutItem", {"Item": tills.hook(self.m)})
        self.world.memory.past.clear()  # it has been there for long
        program = programs.version(self.checker.shop, 1)[1]
        if program.raffles:
            mark = due_marks.next_draw(self.m, program, from_ms(self.world.now_ms))
            self.world.memory.call("PutItem", {"Item": to_item(mark)})

    def put_work(self, message: dict[str, Any]) -> bool:
        """Take a message, as the queue of work does."""
        queue = self.reviews if message["kind"].startswith("review") else self.work
        queue.send("", json.dumps(message))
        return True

    def member(self) -> str:
        """Some member."""
        return self.world.chance.choice(self.members)

    def name(self) -> str:
        """A name that nothing had so far: a key, an order, a refund."""
        self.names += 1
        return f"{self.names}"

    def ask(self, asks: Asks) -> None:
        """Do a request and hold its outcome against the first."""
        if asks.what not in UNREPEATED:
            self.asked.append((asks, self.world.now_ms))
            self.unanswered.setdefault(asks)
        outcome = self.attempt(asks)
        if outcome is None:
            return
        self.unanswered.pop(asks, None)
        first = self.outcomes.get(asks)
        if first is not None and first != outcome:
            raise Broken(f"{asks} was answered {first}, and now {outcome}")
        if outcome[0] == "answer" and outcome[1] is None:
            return  # parked: it may be booked by the next time
        final = outcome[0] == "answer" or (asks.key and outcome[1] in DECIDED)
        if final and not (asks.what == "join" and outcome[1] is None):
            self.outcomes[asks] = outcome

    def other(self, asks: Asks) -> None:
        """The same key with another content, once the first is known."""
        if asks not in self.outcomes:
            return
        member, unit, amount, debt = asks.content
        changed = Asks(asks.what, asks.key, (member, unit, amount + 1, debt))
        kind, what = self.attempt(changed) or ("", None)
        if kind and (kind, what) != ("refused", RefusalCode.IDEMPOTENCY_MISMATCH):
            raise Broken(f"{changed} was taken for {asks}: {kind} {what}")

    def attempt(self, asks: Asks) -> Outcome | None:
        """The outcome of one try; None when there was none."""
        version = self.checker.version
        if self.world.chance.random() < 0.15 and not self.world.calm:
            version = max(1, version - 1)  # read a moment ago
        program = programs.version(self.checker.shop, version)[1]
        till = Till(self.world.table, self.m, program, from_ms(self.world.now_ms))
        if self.world.trace is not None:
            self.world.say("→", f"v{version}", *asks)
        first, before = asks not in self.tried, self.seq_of(asks)
        self.tried.add(asks)
        outcome: Outcome | None
        try:
            outcome = _outcome(asks, do(till, asks))
        except Refused as refused:
            outcome = None
            if not refused.code.transient:
                outcome = ("refused", refused.code)
                if first and before and before == self.seq_of(asks):  # nobody came in between
                    self._must_be_so(asks, refused.code, till)
        except (Unavailable, Death):
            outcome = None
        if asks.what == "join" and outcome is not None:
            self._joined(outcome)
        self.world.say("←", asks.what, asks.key, outcome)
        return outcome

    def seq_of(self, asks: Asks) -> int:
        """The newest entry of the card that a request is about; 0 when it is not known."""
        replay = self.checker.replays.get(str(asks.content[0]))
        return replay.seq if replay else 0

    def _must_be_so(self, asks: Asks, code: RefusalCode, till: Till) -> None:
        """A first refusal is right about the card as it is."""
        replay = self.checker.replays[asks.content[0]]
        now_ms = max(to_ms(till.now), replay.at + 1)
        right = True
        if asks.what == "stamp" and code is RefusalCode.CAP_REACHED:
            wanted = asks.content[1]
            replay.document = programs.version(self.checker.shop, till.program.version)[0]
            right = replay.visits_left(wanted, now_ms) < wanted
        elif asks.what == "use":
            right = self._cannot_be_used(asks, code)
        elif asks.what == "reverse":
            orders, order = replay.purses[asks.content[1]].orders(), asks.content[2]
            is_used = bool(orders) if order is None else order in orders
            right = code is not RefusalCode.ALREADY_REVERSED or not is_used
        elif asks.what == "take" and code is RefusalCode.INSUFFICIENT_BALANCE:
            right = replay.available("point", now_ms) - replay.debt["point"] < asks.content[1]
        elif asks.what == "issue" and code is RefusalCode.INSUFFICIENT_BALANCE:
            reward = till.program.rewards[asks.content[1]]
            right = replay.available(reward.unit, now_ms) - replay.debt[reward.unit] < reward.cost
        elif asks.what in {"issue", "act"} and code is RefusalCode.LIMIT_REACHED:
            right = replay.is_at_limit(asks.what, asks.content[1], now_ms)
        elif code is RefusalCode.INSUFFICIENT_BALANCE:
            unit, amount = asks.content[1:3]
            right = replay.available(unit, now_ms) - replay.debt[unit] < -amount
        elif code is RefusalCode.DEBT:
            right = any(replay.debt.values())
        elif code is RefusalCode.VOUCHER_REDEEMED:
            right = asks.content[1] in replay.redeemed
        elif code in {RefusalCode.VOUCHER_CANCELLED, RefusalCode.ALREADY_REVERSED}:
            right = asks.what == "undo" or asks.content[1] in replay.returned
        if not right:
            raise Broken(f"{asks} was refused as {code.value}, which is not so")

    def _cannot_be_used(self, asks: Asks, code: RefusalCode) -> bool:
        """Whether so much of a credit cannot be used, by what its entries say."""
        member, voucher, amount, order, bill = asks.content
        purses = self.checker.replays[member].purses
        uses = [one for purse in purses.values() for one in purse.uses.values()]
        beside = sum(used for used, of in uses if of == order)
        allowed = bill * programs.SHARE_PERCENT // 100 - beside
        if code is RefusalCode.INSUFFICIENT_BALANCE:
            return bool(amount > purses[voucher].left)
        return code is not RefusalCode.LIMIT_REACHED or allowed < max(1, amount or 0)

    def _joined(self, outcome: Outcome) -> None:
        kind, body = outcome
        if kind == "answer" and body["member_id"] not in self.members:
            self.members.append(body["member_id"])


def _outcome(asks: Asks, answer: Answer | None) -> Outcome:
    if answer is None:
        return "answer", None
    return "answer", dict(answer.body) if asks.key else {"seq": answer.seq}


def _merchant(m: str) -> Item:
    pk, sk = keys.merchant(m)
    return {
        "PK": pk, "SK": sk, "name": "Simulated", "slug": "simulated", "languages": ["en"],
        "owner_email": "owner@example.com", "region": "HU", "created": 0,
        "own": {"quiet_from": "00:00", "quiet_until": "00:00"},
    }  # fmt: skip
