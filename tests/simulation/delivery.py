"""What travels between the functions: the table's stream, the queue of messages, the mails.

The stream brings what was committed, late, in the order of each shard, in batches; from the lowest
record that failed on everything comes again, and now and then what did not fail, too. The queue
brings messages in any order, twice, and again some minutes after they failed. A mail has either
been handed over or not, and the function that handed it over may end before it knows.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from local.memory import Change
from regulars.core.deadline import Deadline
from regulars.domain.refusals import Refused
from regulars.jobs import outbox, recompute, working
from regulars.jobs.due import DueFailedError
from regulars.messages.delivery import SendInProgressError, deliver
from regulars.messages.mail import Mail, NotSentError
from regulars.messages.notification import Notification
from regulars.program.shop import Shop, load_shop
from regulars.store import keys
from regulars.store.errors import Lost, Unavailable
from tests.concurrency.faults import Death
from tests.simulation.checker import Broken, Checker
from tests.simulation.world import World

BATCH_MAX = 4
SHARDS = 2
DUPLICATED = 0.1
AT_ONCE = 0.5
HURRIED = 0.5
"""How often a function that looks at its time finds that it is over."""

HIDDEN_MS = 180_000
"""How long a message that was brought is not brought again."""

Image = Mapping[str, Any]


def announce(world: World, image: Image) -> None:
    """As the outbox function does."""
    outbox.announce(world.table, image["PK"]["S"], image["e"]["S"])


def follow_version(image: Image) -> None:
    """As the tiers function does."""
    recompute.handle({"PK": image["PK"]["S"], "version": image["version"]["N"]})


class Hurried(Deadline):
    """The time of a function that is over now and then, whatever it has done."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world

    @property
    def passed(self) -> bool:
        """Whether the time is over."""
        return not self.world.calm and self.world.chance.random() < HURRIED


def work(world: World, message: Image) -> None:
    """As the work function does."""
    with world.rough(0.3):
        working.work(dict(message), Hurried(world))


def survives(handle: Callable[[Image], None], image: Image) -> bool:
    """Whether a record was dealt with; one that failed only fails by what may pass."""
    try:
        handle(image)
    except Refused as refused:
        if not refused.code.transient:
            raise
        return False
    except (Unavailable, Lost, SendInProgressError, NotSentError, DueFailedError):
        return False
    return True


class Stream:
    """The stream of one kind of new items to one function."""

    def __init__(self, world: World, prefix: str, handle: Callable[[Image], None]) -> None:
        self.world, self.prefix, self.handle = world, prefix, handle
        self.shards: list[list[Image]] = [[] for _ in range(SHARDS)]
        self.where: dict[str, int] = {}
        self.busy: set[int] = set()

    def committed(self, changes: list[Change]) -> None:
        """Take in the new items of a write."""
        for (pk, sk), before, after in changes:
            if before is None and sk.startswith(self.prefix):
                self.shards[self.where.setdefault(pk, len(self.where) % SHARDS)].append(after)

    def waiting(self) -> bool:
        return any(self.shards)

    def bring(self) -> None:
        """Bring a batch of one shard to the function; a shard has one batch at a time."""
        chance = self.world.chance
        free = [n for n, shard in enumerate(self.shards) if shard and n not in self.busy]
        if not free:
            return
        number = chance.choice(free)
        batch = self.shards[number][: chance.randrange(1, BATCH_MAX + 1)]
        self.busy.add(number)
        self.world.say("→ stream", self.prefix, len(batch))
        try:
            done = [survives(self.handle, image) for image in batch]
        except Death:
            return  # nobody has said what was done, so it all comes again
        finally:
            self.busy.discard(number)
        good = done.index(False) if False in done else len(batch)
        if self.world.calm or chance.random() >= DUPLICATED:
            del self.shards[number][:good]
        self.world.say("← stream", done)


class Queue:
    """A queue of messages to one function."""

    def __init__(self, world: World, handle: Callable[[Image], None]) -> None:
        self.world, self.handle = world, handle
        self.messages: dict[int, tuple[str, int]] = {}
        """Body of each message, and from when on it is brought."""
        self.count = 0
        self.under_way: list[str] = []

    def send(self, url: str, body: str) -> None:
        """Take a message, as `wire.send_message` sends it."""
        self.world.through("SendMessage", lambda: self._take(body))

    def take(self, message: Image) -> None:
        """Take a message that is sure to come."""
        self._take(json.dumps(message))

    def _take(self, body: str) -> dict[str, Any]:
        for _ in range(2 if self.world.chance.random() < DUPLICATED else 1):
            self._copy(body)
        return {}

    def _copy(self, body: str) -> int:
        self.count += 1
        self.messages[self.count] = body, self.world.now_ms
        return self.count

    def visible(self) -> list[int]:
        """The messages that can be brought now."""
        return [one for one, (_, at_ms) in self.messages.items() if at_ms <= self.world.now_ms]

    def bring(self) -> None:
        """Bring one message to the function; whatever fails is brought again."""
        now_ms, chance = self.world.now_ms, self.world.chance
        there = self.visible()
        if not there:
            return
        one = chance.choice(there)
        if self.under_way and chance.random() < AT_ONCE:
            one = self._copy(self.under_way[-1])  # brought twice at once
        body = self.messages[one][0]
        self.messages[one] = body, now_ms + HIDDEN_MS
        self.world.say("→ queue", body)
        self.under_way.append(body)
        try:
            done = survives(self.handle, json.loads(body))
        except Death:
            return
        finally:
            self.under_way.pop()
        if done and (self.world.calm or chance.random() >= DUPLICATED):
            self.messages.pop(one, None)
        self.world.say("← queue", done)


class Post:
    """The function that sends mails, and where they go."""

    def __init__(self, world: World, checker: Checker) -> None:
        self.world, self.checker = world, checker
        self.reported: set[tuple[str, str, str]] = set()
        """Kind, member and occasion of every message that was brought."""
        self.sent: Counter[str] = Counter()
        """By delivery the mails that were handed over."""
        self.unmarked: Counter[str] = Counter()
        """By delivery the functions that ended before they marked what they had handed over."""
        self.failed: Counter[str] = Counter()

    def notify(self, body: Image) -> None:
        """As the notify function does, with a mailbox instead of SES."""
        message = Notification(body["member_id"], body["kind"], body["occasion"], body["facts"])
        with self.world.hurry():
            shop = load_shop(self.world.table, body["merchant_id"])
            self.deliver(shop, message)

    def deliver(self, shop: Shop, message: Notification, send: Any = None) -> bool:
        """Deliver a message: by mail, or as a sandbox does (`send`)."""
        self.reported.add((message.kind, message.member_id, message.occasion))
        handed_over = self.sent[message.op]
        watch = self.checker.watch_consent(message.member_id)

        def hand_over(shop: Shop, mail: Mail) -> None:
            if send is None:
                self._mail(message, watch)
                return
            try:
                send(shop, mail)
            finally:
                self._arrives(message, watch)

        try:
            with self.world.hurry():
                return deliver(shop, message, hand_over)
        except BaseException:
            self.failed[message.op] += 1
            self.unmarked[message.op] += self.sent[message.op] > handed_over
            raise
        finally:
            self.checker.watching.remove(watch)

    def _mail(self, message: Notification, watch: list[Any]) -> None:
        self.world.give_way()
        kind = self.world.fault(("refused", "dies before", "dies after", "lost", "dropped"))
        if kind == "refused":
            raise NotSentError("Throttling")
        if kind == "dies before":
            raise Death
        if kind != "lost":
            self._arrives(message, watch)
            self.world.give_way()
        if kind == "dies after":
            raise Death
        if kind:
            raise Lost(kind)

    def _arrives(self, message: Notification, watch: list[Any]) -> None:
        """Count a mail that was handed over, if it may be."""
        before = self.sent[message.op]
        if before > 1 or before != self.unmarked[message.op]:
            raise Broken(f"{message.op} was sent {before + 1} times")
        if not watch[1]:
            raise Broken(f"{message.op} went to somebody who had not agreed")
        self.sent[message.op] += 1
        self.world.say("mail", message.op)

    def everybody_heard(self) -> None:
        """Assert that what must be told was told, to those who have always agreed."""
        checker = self.checker
        expected = {
            (kind, member, str(seq))
            for member, replay in checker.replays.items()
            for kind, seq in replay.worth_notifying
        }
        reported = {
            one for one in self.reported if one[0] in {"welcome", "tier_up", "reward_unlocked"}
        }
        assert reported == expected, f"the difference: {sorted(reported ^ expected)}"
        for kind, member, occasion in sorted(expected):
            op = f"told:{kind}:{member}:{occasion}"
            always = checker.consents.get(member) == {True}
            delivery = keys.operation(checker.m, op)[0]
            done = self.sent[op] or delivery in checker.unsent
            if always and kind != "reward_unlocked" and not done:
                claimed = checker.claims.get(delivery, 0)
                least = 1 if checker.m.startswith("t") else 2  # a sandbox has no queue to try again
                assert min(claimed, self.failed[op]) >= least, f"{op} was never sent"
