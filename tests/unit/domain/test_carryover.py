"""What a card holds goes over to a new version: units that are replaced or end, remainders."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.domain import carryover, replay
from regulars.domain.ledger import Line, granted
from regulars.domain.operations import Adjust
from regulars.domain.reasons import ReasonKind, plain
from regulars.domain.refusals import RefusalCode, Refused, StaleProgram
from tests.unit.domain.shop import Shop, reward, spend_rule, unit, visit_rule
from tests.unit.domain.versions import Versions

MONTHS = {"type": "months", "months": 3}


def earning(unit_id: str, **more: Any) -> dict[str, Any]:
    """One point per 1.00 and three for a visit, in a unit."""
    return {
        "units": [unit(unit_id, expiry=MONTHS, **more)],
        "earn": [spend_rule() | {"unit": unit_id}, visit_rule(3) | {"unit": unit_id}],
    }


def instead_of(old: str, rate: str = "1") -> dict[str, Any]:
    return {"replaces": {"unit": old, "rate": rate}}


def shop_of(versions: Versions) -> Shop:
    shop = Shop(versions.program)
    shop.join()
    return shop


def accounted(shop: Shop) -> None:
    """The ledger tells the whole card."""
    assert shop.verify() == []
    fold = replay.replay("c1", shop.ledger, "Europe/Budapest")
    assert replay.differences(shop.card, fold) == []


class TestAUnitThatIsReplaced:
    def test_keeps_the_dates_of_its_lots_and_rounds_down_each(self) -> None:
        versions = Versions(**earning("leaf"))
        shop = shop_of(versions)
        shop.sale(500)  # 5 + 3
        shop.later(days=40).sale(400)  # 4 + 3
        assert shop.amounts("leaf") == {"2027-02-28": 8, "2027-04-30": 7}
        shop.program = versions.publish(**earning("bean", **instead_of("leaf", "0.5")))
        decided = shop.review()
        assert shop.amounts("bean") == {"2027-02-28": 4, "2027-04-30": 3}
        assert shop.card.units() == ("bean",)
        assert decided.entry is not None
        assert decided.entry.kind == "adjust"
        assert granted(decided.entry.lines) == [], "a mapping is no earning"
        assert {line.reason.stored["u"] for line in decided.entry.lines} == {"leaf"}
        accounted(shop)

    def test_is_mapped_once_and_the_field_may_go(self) -> None:
        versions = Versions(**earning("leaf"))
        shop = shop_of(versions)
        shop.sale(500)
        double = earning("bean", **instead_of("leaf", "2"))
        shop.program = versions.publish(**double)
        shop.review()
        shop.program = versions.publish(**double)
        assert shop.review().entry is None
        shop.program = versions.publish(**earning("bean"))
        assert shop.review().entry is None
        assert shop.available("bean") == 16

    def test_maps_debt_and_what_is_pending(self) -> None:
        versions = Versions(**earning("leaf", hold_days=14))
        shop = shop_of(versions)
        shop.sale(700)
        shop.do(Adjust(shop.origin(), "leaf", -5, "spent twice", allow_debt=True))
        shop.program = versions.publish(**earning("bean", hold_days=14, **instead_of("leaf", "3")))
        today = shop.today
        assert carryover.of(shop.program, shop.card, shop.now.date()).pending("bean", today) == 30
        shop.review()
        assert (shop.card.pending("bean", today), dict(shop.card.debt)) == (30, {"bean": 15})
        accounted(shop)

    def test_maps_what_is_locked_in_a_voucher(self) -> None:
        cake = [reward("cake", 5, "leaf")]
        versions = Versions(**earning("leaf"), rewards=cake)
        shop = shop_of(versions)
        shop.sale(500)
        voucher = shop.issue("cake")
        shop.program = versions.publish(
            **earning("bean", **instead_of("leaf", "2.5")), rewards=[reward("cake", 5, "bean")]
        )
        shop.cancel(voucher)
        assert shop.available("bean") == 3 * 5 // 2 + 5 * 5 // 2
        assert shop.card.units() == ("bean",)
        accounted(shop)

    def test_a_refund_of_an_old_sale_takes_the_new_unit_and_forgets_what_expired(self) -> None:
        versions = Versions(**earning("leaf"))
        shop = shop_of(versions)
        kept, gone = shop.sale(1000), None
        shop.program = versions.publish(**earning("bean", **instead_of("leaf", "0.5")))
        shop.refund(kept)
        assert shop.card.balance("bean") == 0
        versions = Versions(**earning("leaf"))
        shop = shop_of(versions)
        gone = shop.sale(1000)
        shop.later(days=120).expire()
        shop.program = versions.publish(**earning("bean", **instead_of("leaf", "0.5")))
        shop.refund(gone)
        assert (shop.card.debt, shop.card.lots, dict(shop.card.taken)) == ({}, {}, {})
        accounted(shop)

    @given(
        st.lists(st.integers(1, 999), min_size=1, max_size=6), st.sampled_from(["0.3", "1", "7"])
    )
    @settings(max_examples=60, deadline=None)
    def test_however_a_refund_is_split_it_takes_the_same(self, parts: list[int], rate: str) -> None:
        taken = []
        for split in (parts, [sum(parts)]):
            versions = Versions(**earning("leaf"))
            shop = shop_of(versions)
            sale = shop.sale(sum(parts))
            shop.program = versions.publish(**earning("bean", **instead_of("leaf", rate)))
            for part in split:
                shop.refund(sale, part)
            taken.append((shop.card.balance("bean"), shop.card.lots, shop.card.debt))
        assert taken[0] == taken[1]

    def test_a_day_of_inactivity_goes_with_it(self) -> None:
        lazy = {"type": "inactivity", "months": 2}
        versions = Versions(units=[unit("leaf", expiry=lazy)],
                            earn=[visit_rule() | {"unit": "leaf"}])  # fmt: skip
        shop = shop_of(versions)
        shop.visit()
        last = shop.card.inactive_after["leaf"]
        shop.later(days=30)
        shop.program = versions.publish(
            units=[unit("bean", expiry=lazy, **instead_of("leaf"))],
            earn=[visit_rule() | {"unit": "bean"}],
        )
        shop.review()
        assert shop.card.inactive_after == {"bean": last}

    def test_points_that_counted_for_tiers_count_still(self) -> None:
        versions = Versions(**earning("leaf"))
        shop = shop_of(versions)
        shop.sale(1000)
        shop.program = versions.publish(**earning("bean", **instead_of("leaf", "100")))
        shop.review()
        assert shop.card.lifetime.points == 13


class TestChains:
    def test_renamed_and_back_with_a_card_that_slept(self) -> None:
        versions = Versions(**earning("leaf"))
        awake, asleep = shop_of(versions), shop_of(versions)
        for shop in (awake, asleep):
            shop.sale(900)
        for program in (earning("bean", **instead_of("leaf", "0.5")),
                        earning("leaf", **instead_of("bean", "2"))):  # fmt: skip
            awake.program = asleep.program = versions.publish(**program)
            awake.review()
        asleep.visit()
        awake.visit()
        assert asleep.card.lots == awake.card.lots
        assert asleep.available("leaf") == 15
        accounted(asleep)

    def test_what_is_earned_after_the_way_back_is_not_mapped_again(self) -> None:
        versions = Versions(**earning("leaf"))
        shop = shop_of(versions)
        versions.publish(**earning("bean", **instead_of("leaf", "10")))
        shop.program = versions.publish(**earning("leaf", **instead_of("bean", "10")))
        shop.visit()
        assert shop.available("leaf") == 3
        shop.review()
        assert shop.available("leaf") == 3

    @given(st.data())
    @settings(max_examples=80, deadline=None)
    def test_a_card_is_the_same_however_often_it_was_touched_on_the_way(
        self, data: st.DataObject
    ) -> None:
        names = ["leaf", "bean", "nut"]
        now_called = "leaf"
        versions = Versions(**earning("leaf"), rewards=[reward("cake", 4, "leaf")])
        awake, asleep = shop_of(versions), shop_of(versions)
        for shop in (awake, asleep):
            shop.sale(data.draw(st.just(1750), label="sale"))
            shop.later(days=45).sale(430)
            shop.issue("cake")
        for _ in range(data.draw(st.integers(1, 5), label="versions")):
            following = data.draw(st.sampled_from(names))
            rate = data.draw(st.sampled_from(["1", "2", "0.5", "0.333333", "12.5"]))
            more = {} if following == now_called else instead_of(now_called, rate)
            program = versions.publish(
                **earning(following, **more), rewards=[reward("cake", 4, following)]
            )
            now_called = following
            awake.program = asleep.program = program
            if data.draw(st.booleans(), label="touched"):
                awake.review()
        for shop in (awake, asleep):
            for voucher_id in list(shop.card.open):
                shop.cancel(shop.vouchers[voucher_id])
            accounted(shop)
        assert awake.card.lots == asleep.card.lots
        assert set(awake.card.units()) <= {now_called}


class TestAUnitThatEnds:
    def ending(self, day: str) -> Shop:
        versions = Versions(**earning("leaf"), rewards=[reward("cake", 5, "leaf", valid_days=400)])
        shop = shop_of(versions)
        shop.sale(1500)
        shop.issue("cake")
        shop.program = versions.publish(
            **earning("leaf", ends_on=day), rewards=[reward("cake", 5, "leaf", valid_days=400)]
        )
        return shop

    def test_can_be_used_all_of_its_last_day_and_not_after(self) -> None:
        shop = self.ending("2026-12-10")
        shop.now = shop.now.replace(month=12, day=10, hour=22)
        assert shop.issue("cake").status == "issued"
        shop.later(hours=1, minutes=1)  # midnight in Budapest
        with pytest.raises(Refused) as refused:
            shop.issue("cake")
        assert refused.value.code is RefusalCode.INSUFFICIENT_BALANCE

    def test_is_booked_out_and_not_earned_any_more(self) -> None:
        shop = self.ending("2026-12-10")
        shop.review()
        assert shop.card.due["expire"] == "2026-12-10T23"
        shop.later(days=19)
        shop.expire()
        assert shop.card.lots == {}
        shop.visit()
        assert shop.card.lots == {}
        accounted(shop)

    def test_a_voucher_stays_good_and_gives_nothing_back(self) -> None:
        shop = self.ending("2026-12-10")
        (voucher,) = shop.vouchers.values()
        shop.later(days=19)
        shop.redeem(voucher)
        assert shop.vouchers[voucher.voucher_id].status == "redeemed"
        shop = self.ending("2026-12-10")
        (voucher,) = shop.vouchers.values()
        shop.later(days=19)
        shop.cancel(voucher)
        assert shop.available("leaf") == 0
        shop.expire()
        assert shop.card.lots == {}
        accounted(shop)

    def test_a_debt_in_it_is_written_off(self) -> None:
        versions = Versions(**earning("leaf"))
        shop = shop_of(versions)
        shop.do(Adjust(shop.origin(), "leaf", -5, "spent twice", allow_debt=True))
        shop.program = versions.publish(**earning("leaf", ends_on="2026-12-10"))
        shop.later(days=18)
        assert carryover.of(shop.program, shop.card, shop.now.date()).debt == {"leaf": 5}
        shop.later(days=1)
        assert carryover.of(shop.program, shop.card, shop.now.date()).debt == {}
        entry = shop.review().entry
        assert entry is not None
        assert entry.lines == (Line("leaf", 5, "debt", "expiry", plain(ReasonKind.ENDED)),)
        assert shop.card.debt == {}
        accounted(shop)


class TestARemainder:
    def test_of_a_rule_that_went_is_lost_also_when_the_rule_is_back(self) -> None:
        with_rule = earning("leaf")
        versions = Versions(**with_rule)
        shop = shop_of(versions)
        shop.sale(150)
        assert shop.card.carry == {"spend": 50}
        versions.publish(units=with_rule["units"], earn=with_rule["earn"][1:])
        shop.program = versions.publish(**with_rule)
        shop.sale(50, visits=0)
        assert shop.card.carry == {"spend": 50}
        accounted(shop)


def test_a_program_that_was_read_before_is_refused_on_a_card_that_went_on() -> None:
    versions = Versions(**earning("leaf"))
    shop = shop_of(versions)
    old = shop.program
    shop.program = versions.publish(**earning("bean", **instead_of("leaf")))
    shop.visit()
    shop.program = old
    with pytest.raises(StaleProgram):
        shop.visit()


def test_so_it_is_on_a_card_with_a_voucher_of_a_newer_program() -> None:
    """The older one does not know its terms, nor whether its stock was counted."""
    cake = [reward("cake", 1, "leaf", stock=5)]
    versions = Versions(**earning("leaf"))
    shop = shop_of(versions)
    shop.visit()
    old = shop.program
    shop.program = versions.publish(**earning("leaf"), rewards=cake)
    shop.program = versions.publish(**earning("leaf"), rewards=cake)
    voucher = shop.issue("cake")
    shop.program = old
    with pytest.raises(StaleProgram):
        shop.cancel(voucher)
