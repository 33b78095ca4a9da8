"""Many at once on one card, on the real engine: exactly what was answered has happened."""

from __future__ import annotations

from collections import Counter as Tally
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from regulars.actions import claimed
from regulars.domain.refusals import RefusalCode, Refused
from regulars.program.shop import Shop
from regulars.store import cards, keys
from regulars.store.answers import Answer
from regulars.store.claims import Claim
from regulars.store.member_lists import all_members
from regulars.store.members import Members
from regulars.store.table import Table
from tests.concurrency.audit import audit
from tests.concurrency.counter import DOCUMENT, Counter, answers, codes, together
from tests.unit.domain.shop import reward

STAMPS: dict[str, Any] = {**DOCUMENT, "rewards": []}


def test_thirty_two_threads_on_one_card_lose_and_invent_nothing(table: Table) -> None:
    """Who gives up says `conflict`, and whoever comes again with its key is booked then."""
    cafe = Counter(table, STAMPS)
    member = cafe.join()
    names = [f"key-{number}" for number in range(32)]

    outcomes = together([partial(cafe.earn, member, key) for key in names])

    assert set(codes(outcomes)) <= {RefusalCode.CONFLICT}
    acknowledged = [answer.body["seq"] for answer in answers(outcomes)]
    assert len(set(acknowledged)) == len(acknowledged) >= 1
    assert cafe.card(member).seq == 1 + len(acknowledged)
    again = [cafe.earn(member, key) for key in names]
    assert sorted(answer.body["seq"] for answer in again) == list(range(2, 34))
    assert [a.replayed for a in again] == [isinstance(o, Answer) for o in outcomes]
    for first, second in zip(outcomes, again, strict=True):
        if isinstance(first, Answer):
            assert second.body == first.body
    assert cafe.card(member).balance("stamp") == 1 + 32
    audit(cafe)


def test_fifty_at_once_redeem_one_voucher_exactly_once(counter: Counter) -> None:
    member = counter.join()
    counter.earn(member)
    ((voucher, _),) = counter.issue(member).body["vouchers"]

    outcomes = together([partial(counter.close, member, voucher) for _ in range(50)])

    assert len(answers(outcomes)) == 1
    assert codes(outcomes) == [RefusalCode.VOUCHER_REDEEMED] * 49
    audit(counter)


def test_redeeming_and_cancelling_at_once_is_one_of_both(counter: Counter) -> None:
    member = counter.join()
    counter.earn(member, spend=8000)
    for _ in range(8):
        ((voucher, _),) = counter.issue(member).body["vouchers"]
        outcomes = together(
            [partial(counter.close, member, voucher, cancel=bool(n % 2)) for n in range(4)]
        )
        assert len(answers(outcomes)) == 1
        assert set(codes(outcomes)) <= {RefusalCode.VOUCHER_REDEEMED, RefusalCode.VOUCHER_CANCELLED}
    audit(counter)


MONEY = reward(
    "money", 10, kind="credit", rate={"units": 10, "amount_minor": 100}, max_share="0.5"
)  # fmt: skip


def test_counters_that_use_one_credit_at_once_use_no_more_than_there_is(table: Table) -> None:
    counter = Counter(table, {**DOCUMENT, "rewards": [MONEY]})
    member = counter.join()
    counter.earn(member, spend=1000)
    ((voucher, _),) = counter.issue(member, reward_id="money").body["vouchers"]

    outcomes = together(
        [partial(counter.use, member, voucher, 30, f"o{number}") for number in range(20)]
    )

    (item,) = table.get(keys.voucher(counter.m, member, voucher))
    assert item
    held = cards.voucher_of(item)
    used = 30 * len(answers(outcomes))
    assert used == sum(one.amount_minor for one in held.uses) <= 100
    assert held.left_minor == 100 - used
    assert set(codes(outcomes)) <= {RefusalCode.INSUFFICIENT_BALANCE, RefusalCode.CONFLICT}
    assert counter.card(member).open[voucher].left_minor == held.left_minor


def test_two_credits_at_once_keep_to_the_share_of_their_order(table: Table) -> None:
    counter = Counter(table, {**DOCUMENT, "rewards": [MONEY]})
    member = counter.join()
    counter.earn(member, spend=20_000)
    for order in ("a", "b", "c"):
        taken = [counter.issue(member, reward_id="money").body["vouchers"][0][0] for _ in "1234567"]

        outcomes = together([partial(counter.use, member, one, 90, order) for one in taken])

        booked = answers(outcomes)
        assert 1 <= len(booked) <= 5, "half of 10.00 is five times 0.90"
        assert set(codes(outcomes)) <= {RefusalCode.LIMIT_REACHED, RefusalCode.CONFLICT}
        for one in taken:
            if one in counter.card(member).open:
                counter.close(member, one, cancel=True)


def test_a_balance_for_three_is_three_vouchers_for_fifty_at_once(counter: Counter) -> None:
    member = counter.join()
    counter.earn(member, spend=3900)
    names = [f"issue-{number}" for number in range(50)]

    outcomes = together([partial(counter.issue, member, key) for key in names])

    assert len(answers(outcomes)) <= 3
    assert set(codes(outcomes)) <= {RefusalCode.INSUFFICIENT_BALANCE, RefusalCode.CONFLICT}
    later = together([partial(counter.issue, member, key) for key in names])
    assert set(codes(later)) <= {RefusalCode.INSUFFICIENT_BALANCE, RefusalCode.CONFLICT}
    assert len(counter.card(member).open) == 3 == len(answers(later))
    assert counter.card(member).available("point", "2026-11-22") == 9
    audit(counter)


def test_one_key_from_sixteen_threads_two_hundred_times_is_one_entry(counter: Counter) -> None:
    member = counter.join()
    before = counter.card(member)

    def twelve_times() -> list[Answer]:
        return [counter.earn(member, "the key", card=before) for _ in range(12)]

    outcomes = together([twelve_times] * 16)
    codes(outcomes)
    given = [answer for some in outcomes if isinstance(some, list) for answer in some]
    given += [counter.earn(member, "the key") for _ in range(8)]

    assert len(given) == 200
    assert Tally(answer.replayed for answer in given) == {False: 1, True: 199}
    assert len({(str(answer.body), answer.status, answer.seq) for answer in given}) == 1
    assert counter.card(member).seq == 2
    audit(counter)


def test_one_key_for_two_things_is_a_mismatch_for_one_of_them(counter: Counter) -> None:
    for number in range(10):
        member = counter.join()
        outcomes = together(
            [partial(counter.earn, member, f"k{number}", spend=spend) for spend in (100, 200) * 3]
        )
        booked = answers(outcomes)
        assert len({answer.seq for answer in booked}) == 1
        assert len(booked) == 3
        assert codes(outcomes) == [RefusalCode.IDEMPOTENCY_MISMATCH] * 3
        assert sum(not answer.replayed for answer in booked) == 1
    audit(counter)


def test_one_order_under_many_keys_is_one_entry(counter: Counter) -> None:
    for number in range(10):
        member = counter.join()
        outcomes = together([partial(counter.earn, member, order=f"o{number}") for _ in range(6)])

        assert codes(outcomes) == []
        assert len({str(answer.body) for answer in answers(outcomes)}) == 1
        assert sum(not answer.replayed for answer in answers(outcomes)) == 1
        assert counter.card(member).seq == 2
    audit(counter)


def test_an_order_that_is_known_is_answered_although_the_card_had_its_visits(table: Table) -> None:
    """A second device sends the same order: it was booked, so that is the answer, not the cap."""
    cafe = Counter(table, {**STAMPS, "limits": {"visits_per_day": 1}})
    member = cafe.join()
    first = cafe.earn(member, "one", order="o", refusable=True)

    second = cafe.earn(member, "two", order="o", refusable=True)

    assert (second.replayed, second.body) == (True, first.body)
    audit(cafe)


def test_a_key_that_was_refused_stays_so_although_the_order_was_booked_since(table: Table) -> None:
    cafe = Counter(table, {**STAMPS, "limits": {"visits_per_day": 1}})
    member = cafe.join()
    cafe.earn(member)
    for _ in range(2):
        with pytest.raises(Refused) as refused:
            cafe.earn(member, "key", order="o", refusable=True)
        assert refused.value.code is RefusalCode.CAP_REACHED
    cafe.earn(member, "other", order="o")

    with pytest.raises(Refused) as refused:
        cafe.earn(member, "key", order="o", refusable=True)

    assert (refused.value.code, refused.value.replayed) == (RefusalCode.CAP_REACHED, True)
    audit(cafe)


def test_parallel_joins_with_one_contact_make_one_card(counter: Counter) -> None:
    for number in range(5):
        joins = [partial(counter.join, email=f"a{number}@example.com") for _ in range(8)]

        outcomes = together(joins)

        codes(outcomes)
        assert len(set(outcomes)) == 1
    assert len(audit(counter)) == 5


def test_of_many_with_one_telephone_one_has_it_and_each_address_has_its_card(
    counter: Counter,
) -> None:
    """Twelve people type the same number and an address of their own, at once."""
    people = [f"b{number}@example.com" for number in range(12)]
    phone = "+36301234567"

    outcomes = together([partial(counter.join, email=who, phone=phone) for who in people])

    assert codes(outcomes) == []
    members = Members(counter.table, counter.m)

    def set_aside(member_id: str, error: Exception) -> None:
        raise error

    cards = [member for member, _ in all_members(counter.table, counter.m, set_aside)]
    owners = [members.by_contact(who) for who in people]
    assert sorted(one.member_id for one in cards) == sorted(map(str, outcomes))
    assert owners == outcomes, "each has the card that was answered"
    with_phone = [one.member_id for one in cards if one.phone]
    assert with_phone == [members.by_contact(phone)]
    audit(counter)


def test_of_many_that_confirm_one_address_at_once_one_has_it(counter: Counter) -> None:
    members, claim = Members(counter.table, counter.m), Claim("a@example.com", 1)
    shop = Shop(counter.table, counter.m, counter.program, counter.now)
    joined = [counter.join() for _ in range(8)]
    for one in joined:
        profile = members.profile(one)
        assert profile is not None
        changed = profile.with_claim("email", claim)
        members.change(profile, changed._replace(version=profile.version + 1))

    outcomes = together([partial(confirmed, shop, one) for one in joined])

    (owner,) = (one for one in outcomes if isinstance(one, str))
    assert codes(outcomes) == [RefusalCode.CONTACT_TAKEN] * 7
    assert members.by_contact(claim.value) == owner
    holding = [one for one in joined if (profile := members.profile(one)) and profile.email]
    assert holding == [owner]


def test_guesses_at_once_are_not_more_than_one_after_the_other(counter: Counter) -> None:
    members = Members(counter.table, counter.m)
    shop = Shop(counter.table, counter.m, counter.program, counter.now)
    profile = members.profile(counter.join())
    assert profile is not None
    claimed_now = profile.with_claim("email", Claim("a@example.com", 1))
    claimed_now = claimed_now._replace(version=profile.version + 1)
    members.change(profile, claimed_now)
    asked = claimed.ask_code(shop, claimed_now, "email")

    outcomes = together(
        [partial(claimed.enter_code, shop, asked, "email", f"{n:06}") for n in range(16)]
    )

    looked_at = [one for one in codes(outcomes) if one == RefusalCode.INVALID]
    assert set(codes(outcomes)) == {RefusalCode.INVALID, RefusalCode.CONFLICT}
    after = members.profile(asked.member_id)
    assert after is not None
    assert after.claims["email"].guesses == len(looked_at) <= 5


def confirmed(shop: Shop, member: str) -> str:
    """The member, when the address could be confirmed for it."""
    profile = Members(shop.table, shop.merchant_id).profile(member)
    assert profile is not None
    return claimed.follow_link(shop, profile).member_id


def test_parallel_joins_with_one_key_make_one_card(counter: Counter) -> None:
    outcomes = together([partial(counter.join, "key", "a@example.com") for _ in range(8)])

    codes(outcomes)
    assert len(set(outcomes)) == 1
    assert len(audit(counter)) == 1


@pytest.mark.parametrize("cap", [1, 3])
def test_a_daily_cap_holds_under_any_number_of_stamps_at_once(table: Table, cap: int) -> None:
    cafe = Counter(table, {**STAMPS, "limits": {"visits_per_day": cap}})
    for _ in range(5):
        member = cafe.join()

        outcomes = together([partial(cafe.earn, member, refusable=True) for _ in range(8)])

        assert set(codes(outcomes)) <= {RefusalCode.CAP_REACHED, RefusalCode.CONFLICT}
        assert cafe.card(member).lifetime.visits == len(answers(outcomes)) <= cap
    audit(cafe)


def test_a_cooldown_lets_one_through(table: Table) -> None:
    cafe = Counter(table, {**STAMPS, "limits": {"cooldown_minutes": 10}})
    for _ in range(5):
        member = cafe.join()
        outcomes = together([partial(cafe.earn, member, refusable=True) for _ in range(8)])
        assert len(answers(outcomes)) == 1
        assert codes(outcomes) == [RefusalCode.CAP_REACHED] * 7
    audit(cafe)


def test_a_refused_key_stays_refused_when_the_card_could_pay_now(counter: Counter) -> None:
    member = counter.join()
    with pytest.raises(Refused) as first:
        counter.issue(member, "key")
    counter.earn(member, spend=5000)

    with pytest.raises(Refused) as second:
        counter.issue(member, "key")

    assert first.value.code is second.value.code is RefusalCode.INSUFFICIENT_BALANCE
    assert first.value.detail == second.value.detail
    assert (first.value.replayed, second.value.replayed) == (False, True)
    counter.issue(member, "another key")
    with pytest.raises(Refused) as other:
        counter.issue(member, "key", reward_id="coffee")
    assert other.value.code is RefusalCode.IDEMPOTENCY_MISMATCH
    audit(counter)


def test_a_refused_key_is_refused_once_for_all_in_parallel(counter: Counter) -> None:
    """While the balance comes in: whatever was answered first to a key is its answer for ever."""
    for number in range(10):
        member = counter.join()
        works: list[Any] = [partial(counter.issue, member, f"key-{number}") for _ in range(4)]
        works.append(partial(counter.earn, member))
        codes(together(works))
        after = together(works[:2])
        assert codes(after) in ([], [RefusalCode.INSUFFICIENT_BALANCE] * 2)
        assert all(answer.replayed for answer in answers(after))
    audit(counter)


def test_a_conflict_is_not_kept(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """The card moves on at every try, until the ledger gives up; the key is as good as new."""
    member = counter.join()
    transact = counter.table.transact
    busy = True

    def overtaken(writes: Any) -> None:
        nonlocal busy
        if busy:
            busy = False
            counter.earn(member)
            busy = True
        transact(writes)

    monkeypatch.setattr(counter.table, "transact", overtaken)
    with pytest.raises(Refused) as refused:
        counter.earn(member, "key")
    assert refused.value.code is RefusalCode.CONFLICT
    assert refused.value.code.transient
    busy = False

    answer = counter.earn(member, "key")

    assert not answer.replayed
    audit(counter)


def test_a_state_that_was_set_back_never_overwrites_an_entry(counter: Counter) -> None:
    """As after a restore that lost the newest state: the ledger stops, history stays."""
    member = counter.join()
    counter.earn(member)
    key = keys.state(counter.m, member)
    (old,) = counter.table.get(key)
    counter.earn(member)
    entry = keys.entry(counter.m, member, 3)
    before = counter.table.get(entry)
    assert old is not None
    counter.table.put(old)

    with pytest.raises(Refused) as refused:
        counter.earn(member)

    assert refused.value.code is RefusalCode.CONFLICT
    assert counter.table.get(entry) == before


def test_expiry_and_redeeming_at_once_is_one_of_both(counter: Counter) -> None:
    """A voucher on its last day is handed over or, a second later, its lots are back."""
    for number in range(8):
        member = counter.join()
        counter.earn(member)
        ((voucher, _),) = counter.issue(member).body["vouchers"]
        tomorrow = counter.on(counter.table)
        tomorrow.now += timedelta(days=8)

        works: list[Any] = [
            partial(counter.close, member, voucher, f"r{number}"),
            partial(tomorrow.expire, member),
        ]
        outcomes = together(works if number % 2 else works[::-1])

        assert set(codes(outcomes)) <= {RefusalCode.VOUCHER_EXPIRED}
        left = counter.card(member).balance("point")
        assert left == (10 if codes(outcomes) else 0)
    audit(counter)
