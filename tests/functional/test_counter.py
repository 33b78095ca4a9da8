"""The counter over the HTTP API: join, stamp, redeem, refund."""

from __future__ import annotations

import pytest

from tests.service import Service


def test_ten_stamps_unlock_a_coffee_that_is_redeemed_once(service: Service) -> None:
    """The demo café: one stamp for joining, nine visits, one coffee."""
    cafe = service.new_merchant()
    member = cafe.join(name="Anna")

    answers = [cafe.earn(member["member_id"]) for _ in range(9)]

    assert [answer["unlocked"] for answer in answers[:8]] == [[]] * 8
    (voucher,) = answers[8]["unlocked"]
    assert answers[8]["card"]["balances"]["stamp"]["available"] == 0
    first = cafe.call("POST", f"/v1/vouchers/{voucher['code']}/redeem", {}, key="one")
    again = cafe.call("POST", f"/v1/vouchers/{voucher['code']}/redeem", {}, key="one")
    other = cafe.call("POST", f"/v1/vouchers/{voucher['code']}/redeem", {}, key="two")
    assert (first.status, first.json["status"], first.replayed) == (200, "redeemed", False)
    assert (again.text, again.replayed) == (first.text, True)
    assert (other.status, other.code) == (409, "voucher_redeemed")
    assert cafe.call("GET", f"/v1/members/{member['member_id']}/verify").json["ok"] is True


@pytest.mark.parametrize(("who", "read"), [("key", 2.0), ("counter", 2.0)])
def test_a_stamp_costs_at_most_seven_write_units(service: Service, who: str, read: float) -> None:
    """Measured by what the engine says it consumed, once the process is warm. At the counter the
    device's session and what the person has booked today are read besides."""
    cafe = service.new_merchant()
    member = cafe.join()
    cookies = cafe.staff_cookies() if who == "counter" else None
    by = {"x-regulars": "staff"}
    if who == "key":
        by = {"authorization": f"Bearer {cafe.created['api_key']}"}

    def stamp(key: str) -> None:
        reply = service.request(
            "POST", "/v1/earn", body={"member_id": member["member_id"]}, cookies=cookies,
            headers={"idempotency-key": key, **by}, acting_as=cafe.id,
        )  # fmt: skip
        assert reply.status == 200, reply.text

    stamp("warm-up")
    service.spy.calls.clear()
    stamp("measured")

    operations = [operation for operation, _, _ in service.spy.calls]
    assert operations == ["BatchGetItem", "TransactWriteItems"]
    assert service.spy.consumed() == (7.0, read)
