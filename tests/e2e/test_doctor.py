"""The doctor lets a till report a sale: through the hook, the queue and `orders` onto a card."""

from __future__ import annotations

from tests.e2e.product import Product
from tests.ops.scripts import load

doctor = load("doctor")


def test_a_signed_sale_comes_through(product: Product) -> None:
    (found,) = doctor.sale(product.base_url, product.demo["test_api_key"])
    assert found == (doctor.GOOD, "a till's signed sale came through the queue onto a card")


def test_a_wrong_key_is_said_to_be_one(product: Product) -> None:
    (found,) = doctor.sale(product.base_url, "rk_test_nobody")
    assert found.how == doctor.WRONG
    assert "the test key is refused (401)" in found.words


def test_nobody_there_is_no_crash() -> None:
    (found,) = doctor.sale("http://127.0.0.1:9", "rk_test_nobody")
    assert found.how == doctor.WRONG
