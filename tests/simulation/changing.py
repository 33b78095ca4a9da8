"""A merchant who changes the programme all the time while members hold what it gave.

Units are renamed and come back, rewards, tiers and rules go and come again, and some members sleep
through all of it. The oracle (`surviving.py`) knows what must survive, and holds it against every
entry, every state, every page and everything that publishing asks about. One thing is done after
the other here; what happens at once is the other simulation's.
"""

from __future__ import annotations

import os
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from local.memory import Memory
from local.seeded import governed
from regulars.actions import preview, publish, refunds
from regulars.domain.calendar import from_ms, local_date
from regulars.domain.card import Card
from regulars.domain.operations import (
    Adjust,
    AnyOperation,
    Cancel,
    Earn,
    Expire,
    GrantTier,
    Issue,
    Join,
    Origin,
    Redeem,
    ReviewTier,
)
from regulars.domain.program import Program
from regulars.domain.refusals import RefusalCode, Refused, StaleProgram
from regulars.i18n.words import words
from regulars.program import check, load
from regulars.program.load import following
from regulars.program.shop import Shop, load_shop
from regulars.store import cards, keys, merchants
from regulars.store.ledger import Ledger
from regulars.store.members import Members
from regulars.store.profiles import Profile
from regulars.store.table import Put, Table
from regulars.views import integration
from tests.simulation.documents import changed, first
from tests.simulation.simulator import Found
from tests.simulation.surviving import Lost, Surviving

M = "m0000000chg0"
START = datetime.fromisoformat("2026-02-10T09:00:00+00:00")
MEMBERS = 3
STEPS = 60


class Changing:
    """One seed."""

    def __init__(self, seed: int, steps: int = STEPS) -> None:
        load._programs.clear()  # what another seed has published
        self.seed, self.steps, self.step = seed, steps, 0
        self.chance = Random(seed)  # noqa: S311 - a seed is what it is for
        self.memory = Memory()
        self.table = Table("regulars-ledger", self.memory.call)
        self.now = START
        self.document = first()
        for put in merchants._program_puts(M, check.check(self.document), 1, 0):
            self.table.put(put.item)
        self.oracle = Surviving(self.document)
        self.programs: list[Program] = [self.shop().program]
        """Every version as it was read."""
        self.ops = 0
        self.trace: list[str] = []

    def run(self) -> Found | None:
        """Live through the seed; what was found to be wrong."""
        wrong = self._wrong()
        return Found(self.seed, self.step, wrong, self.trace) if wrong else None

    def _wrong(self) -> str:
        try:
            with governed(self.chance):
                for _ in range(MEMBERS):
                    self._join()
                while self.step < self.steps:
                    self.step += 1
                    self.chance.choice(_ACTORS)(self)
                self._look_at_all()
                for member in list(self.oracle.members):
                    self._perform(member, ReviewTier(self._origin("job")))
                self._look_at_all()
        except (Lost, AssertionError) as lost:
            return str(lost) or "an assertion of the product"
        except Exception as error:  # whatever the product raises that it should not
            return f"{type(error).__name__}: {error}"
        return ""

    def shop(self) -> Shop:
        return load_shop(self.table, M, self.now)

    # What members and staff do

    def _join(self) -> None:
        member = f"c{len(self.oracle.members):014}"
        profile = Profile(member, f"h{member}", 0)
        extra = Members(self.table, M).enrollment(profile)
        self._perform(member, Join(self._origin(), member), extra=extra)

    def _sale(self) -> None:
        spent = self.chance.choice((250, 400, 999, 1730, 60))
        order = f"o{self.ops}"
        self._perform(self._member(), Earn(self._origin(), 1, spend_minor=spent, order_id=order))

    def _issue(self) -> None:
        self._perform(self._member(), Issue(self._origin(), self.chance.choice(("cake", "mug"))))

    def _redeem(self) -> None:
        self._close(Redeem)

    def _cancel(self) -> None:
        self._close(Cancel)

    def _close(self, kind: type[Redeem] | type[Cancel]) -> None:
        member = self._member()
        if not self._card(member).open:
            return
        voucher_id = self.chance.choice(sorted(self._card(member).open))
        (item,) = self.table.get(keys.voucher(M, member, voucher_id))
        assert item is not None
        self._perform(member, kind(self._origin(), cards.voucher_of(item)))

    def _adjust(self) -> None:
        member = self._member()
        unit = self.chance.choice(("stamp", self.oracle.unit))
        amount = self.chance.choice((-20, -3, 5, 11))
        self._perform(member, Adjust(self._origin(), unit, amount, "because", allow_debt=True))

    def _refund(self) -> None:
        """All of an old sale is given back."""
        sales = self.oracle.sales_left()
        if not sales:
            return
        member, seq = self.chance.choice((self.chance.choice(sales), min(sales, key=_age)))
        shop = self.shop()
        read = refunds.original(
            Ledger(self.table, M),
            shop.program,
            member,
            seq,
            op=f"op{self._next()}",
            source="api",
            now=shop.now,
        )
        assert read is not None
        self._perform(member, read.operation)

    def _grant(self) -> None:
        tier, by = self.chance.choice((("silver", "membership"), ("gold", "invitation")))
        until = "" if by == "membership" else (self._today() + timedelta(days=70)).isoformat()
        self._perform(self._member(), GrantTier(self._origin(), tier, until, by))  # type: ignore[arg-type]  # both are ways

    def _job(self) -> None:
        """A review, or what has expired is booked out."""
        member = self._member()
        if self.chance.random() < 0.5:
            self._perform(member, ReviewTier(self._origin("job")))
            return
        items = self.table.get(*(keys.voucher(M, member, one) for one in self._card(member).open))
        vouchers = tuple(cards.voucher_of(item) for item in items if item)
        self._perform(member, Expire(self._origin("job"), vouchers))

    def _wait(self) -> None:
        self.now += timedelta(days=self.chance.choice((0, 1, 9, 33, 64)), minutes=7)

    def _look(self) -> None:
        self._look_at(self._member())

    # What the owner does

    def _publish(self) -> None:
        """A version that differs in some of it: looked at first, then published."""
        document = check.check(changed(self.document, self.chance, self.oracle, self._today()))
        self.oracle.now_is(self._today(), {one: self._card(one) for one in self.oracle.members})
        expected = self.oracle.losses(document)
        self.trace.append(f"publish {document['units']} losses {expected}")
        shop = self.shop()
        item = merchants.Merchants(self.table).program_item(M)
        assert item is not None
        program, _ = following(item, document, item["version"] + 1, self.now)
        seen = preview.preview(shop, program, document)["losses"]
        found = {(it["kind"], it["what"]): (it["members"], it["amount"]) for it in seen}
        self.oracle.must(found == expected, f"asked about {found} instead of {expected}")
        over = self.programs[-1].version
        stranded = any(kind == "balance_stranded" for kind, _ in expected)
        for confirmed in (False, True):
            try:
                publish.publish(self.shop(), document, over, confirmed=confirmed)
            except Refused as refused:
                right = RefusalCode.INVALID if stranded else RefusalCode.LOSSES
                self.oracle.must(refused.code is right, f"refused as {refused.code.value}")
                self.oracle.must(stranded or not confirmed, "refused though it was agreed to")
                continue
            self.oracle.must(not stranded, "a unit that is held could vanish")
            self.oracle.must(confirmed or not expected, "published what nobody agreed to")
            self.document = document
            self.programs.append(self.shop().program)
            self.oracle.published(document, self.programs[-1].version)
            break

    def _other_currency(self) -> None:
        """Sums in another currency would mean something else: it must be refused."""
        for change in ({"currency": "HUF"}, {"units": self._other_kinds()}):
            try:
                publish.publish(
                    self.shop(), check.check({**self.document, **change}),
                    self.programs[-1].version, confirmed=True,
                )  # fmt: skip
            except Refused as refused:
                self.oracle.must(refused.code is RefusalCode.INVALID, "refused otherwise")
            else:
                raise Lost("what months are counted in was changed")

    def _other_kinds(self) -> list[dict[str, Any]]:
        return [{**unit, "kind": "points"} for unit in self.document["units"]]

    # How it is done and held

    def _perform(
        self, member: str, operation: AnyOperation, extra: list[Put] | None = None
    ) -> None:
        """By the newest programme, or one that was read before the last was published."""
        program = self.programs[-1].at(int(self.now.timestamp() * 1000))
        if len(self.programs) > 1 and self.chance.random() < 0.25:
            program = self.programs[-2]
        card = self._card(member) if member in self.oracle.members else Card(member)
        name = type(operation).__name__
        self.trace.append(f"{self.now:%m-%d} {member[-1]} v{program.version} {name}")
        ledger = Ledger(self.table, M)
        for attempt in (program, self.programs[-1]):
            try:
                answer = ledger.perform(
                    attempt, card, operation, self.now, extra=extra or (), fresh=True
                )
                break
            except StaleProgram:
                self.oracle.must(attempt is not self.programs[-1], "the newest was called stale")
            except Refused as refused:
                self.trace.append(f"  refused: {refused.code.value}")
                self.oracle.refused(member, operation, refused, attempt)
                return
        (state,) = self.table.get(keys.state(M, member))
        assert state is not None
        after = cards.card_of(state)
        text = None
        if after.seq > card.seq:
            (item,) = self.table.get(keys.entry(M, member, after.seq))
            assert item is not None
            text = item["e"]
            self.trace.append(f"  {text}")
        assert not answer.replayed
        self.oracle.written(member, operation, text, after, self._today())
        self._look_at(member)

    def _look_at(self, member: str) -> None:
        """Everything that shows a card says the same, whether it was touched since or not."""
        shop, card = self.shop(), self._card(member)
        lang = words("en")
        view = integration.card(shop.program, card, shop.now, lang)
        self.oracle.seen(member, view, self._today())
        for voucher_id in card.open:
            (item,) = self.table.get(keys.voucher(M, member, voucher_id))
            assert item is not None
            alone = integration.voucher(shop.program, cards.voucher_of(item), lang, shop.now)
            self.oracle.voucher_seen(alone)

    def _look_at_all(self) -> None:
        for member in self.oracle.members:
            self._look_at(member)
        for name, expected in self.oracle.stock.items():
            (item,) = self.table.get(keys.count(M, f"stock:{name}"))
            count = item["n"] if item else 0
            self.oracle.must(count == expected, f"{count} of {name} are out, not {expected}")

    def _card(self, member: str) -> Card:
        (item,) = self.table.get(keys.state(M, member))
        assert item is not None
        return cards.card_of(item)

    def _member(self) -> str:
        return self.chance.choice(list(self.oracle.members))

    def _today(self) -> date:
        return local_date(from_ms(int(self.now.timestamp() * 1000)), self.document["timezone"])

    def _next(self) -> int:
        self.ops += 1
        return self.ops

    def _origin(self, source: str = "api") -> Origin:
        return Origin(f"op{self._next()}", source, entropy=os.urandom(16))


def _age(sale: tuple[str, int]) -> int:
    return sale[1]


_ACTORS = [
    *[Changing._sale] * 8, *[Changing._issue] * 6, *[Changing._redeem] * 2,
    *[Changing._cancel] * 4, *[Changing._adjust] * 2, *[Changing._refund] * 4,
    *[Changing._grant] * 3, *[Changing._job] * 5, *[Changing._wait] * 5, *[Changing._look] * 3,
    *[Changing._publish] * 8, Changing._other_currency,
]  # fmt: skip
