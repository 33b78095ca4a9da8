"""How much of a credit can be taken at once."""

from __future__ import annotations

import pytest

from regulars.domain.credit import VALUE_MAX
from regulars.domain.refusals import RefusalCode, Refused
from tests.unit.domain.shop import Shop, make_program, reward, unit


def shop(units: int = 100, amount_minor: int = 500) -> Shop:
    rate = {"units": units, "amount_minor": amount_minor}
    money = reward("money", 0, kind="credit", rate=rate, min_units=200, step_units=100)
    cafe = Shop(make_program(units=[unit()], rewards=[money, reward("ten", 10)]))
    cafe.join()
    cafe.adjust("point", 10_000)
    return cafe


@pytest.mark.parametrize(
    ("units", "locked", "worth"), [(None, 200, 1000), (200, 200, 1000), (500, 500, 2500)]
)
def test_as_much_as_is_asked_for_or_the_least(units: int | None, locked: int, worth: int) -> None:
    cafe = shop()
    voucher = cafe.issue("money", units)
    assert (voucher.value_minor, voucher.left_minor) == (worth, worth)
    assert cafe.available() == 10_000 - locked


@pytest.mark.parametrize("units", [0, 100, 199, 250, 301])
def test_neither_less_nor_parts_of_a_step(units: int) -> None:
    with pytest.raises(Refused) as refused:
        shop().issue("money", units)
    assert refused.value.code is RefusalCode.INVALID
    assert refused.value.errors == (("units", "must be at least 200, in steps of 100"),)


def test_no_reward_of_another_kind() -> None:
    with pytest.raises(Refused) as refused:
        shop().issue("ten", 10)
    assert refused.value.errors == (
        ("units", "belongs to rewards of the kind credit; leave it out"),
    )


def test_up_to_a_value_and_no_further() -> None:
    cafe = shop(1, VALUE_MAX // 1000)
    assert cafe.issue("money", 1000).value_minor == VALUE_MAX
    with pytest.raises(Refused) as refused:
        cafe.issue("money", 1100)
    assert refused.value.errors == (("units", f"must not be worth more than {VALUE_MAX}"),)
