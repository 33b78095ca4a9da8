"""T31: the token or the code of a pass in a phone's wallet gets known, or is guessed."""

from __future__ import annotations

import pytest

from regulars.core import passes, tokens
from regulars.core.passes import Serial
from regulars.http import limits
from tests import wallets
from tests.service import Browser, Merchant, Service
from tests.threats import removal
from tests.threats.removal import against
from tests.wallets import Phone


@pytest.fixture
def club(service: Service, monkeypatch: pytest.MonkeyPatch) -> Merchant:
    wallets.turn_on(service, monkeypatch)
    return service.new_merchant()


def two(club: Merchant) -> tuple[Browser, Browser]:
    return wallets.member(club, name="Anna"), wallets.member(club, name="Bela")


@against(removal.of(passes, "is_token", lambda *_: True))
def test_the_token_of_one_pass_reads_no_other(removed: None, club: Merchant) -> None:
    mine, theirs = (wallets.download(it, club) for it in two(club))
    phone = Phone(club.service)
    assert phone.fetch(mine).status == 200
    assert phone.fetch(theirs, token=mine.token).status == 401
    assert phone.add(theirs, mine.token).status == 401
    assert phone.ask("DELETE", phone.registration(theirs.serial), mine.token).status == 401


def test_wrong_tokens_and_serial_numbers_are_answered_alike_and_read_nothing(
    club: Merchant,
) -> None:
    one = wallets.download(two(club)[0], club)
    phone, serial = Phone(club.service), passes.serial_in(one.serial)
    assert serial is not None
    wrong = [
        (one.serial, "a" * 26), (one.serial, ""), (one.serial, one.token.upper()),
        (str(serial._replace(link=2)), one.token), (str(serial._replace(member_id="c" + "0" * 14)),
                                                    one.token), ("x", one.token),
    ]  # fmt: skip
    club.service.spy.calls.clear()
    replies = [
        phone.ask("GET", f"/passes/{wallets.PASS_TYPE}/{number}", token) for number, token in wrong
    ]
    assert {it.status for it in replies} == {401}
    assert len({it.text for it in replies}) == 1
    assert [name for name, params, _ in club.service.spy.calls if "#C#" in str(params)] == []
    other_type = phone.ask("GET", f"/passes/pass.of.others/{one.serial}", one.token)
    assert other_type.status == 404


@against(removal.of(limits, "missed", lambda *_: None))
def test_who_guesses_is_not_heard_after_a_while(removed: None, club: Merchant) -> None:
    one = wallets.download(two(club)[0], club)
    guesser, others = Phone(club.service), Phone(club.service, "b" * 32)

    def guess(phone: Phone, number: int, source: str) -> int:
        token = f"{number:026}"
        path = f"/passes/{wallets.PASS_TYPE}/{one.serial}"
        return phone.ask("GET", path, token, source=source).status

    seen = {guess(guesser, number, "198.51.100.7") for number in range(700)}
    assert 429 in seen
    assert guess(others, 1, "203.0.113.9") == 401, "others are heard"


@against(removal.of(passes, "token", lambda serial: f"{serial.link:026}"))
def test_a_stolen_token_reads_nothing_once_the_link_is_renewed(
    removed: None, club: Merchant
) -> None:
    anna, _ = two(club)
    one, phone = wallets.download(anna, club), Phone(club.service)
    stolen = one.token
    assert club.call("POST", f"/v1/members/{wallets.member_id(anna)}/link").status == 200
    fetched = wallets.opened(phone.fetch(one))
    assert fetched.document["voided"] is True
    assert "count" not in str(fetched.document["storeCard"])
    again = wallets.download(anna, club)
    assert phone.fetch(again, token=stolen).status == 401
    serial = passes.serial_in(again.serial)
    assert serial is not None
    guessed = f"{serial.link:026}"
    assert phone.fetch(again, token=guessed).status == 401


def always(_: str, __: str, ___: int) -> bool:
    return True


@against(removal.of(tokens, "is_of_device", always))
def test_a_picture_of_a_pass_redeems_nothing_by_itself(removed: None, club: Merchant) -> None:
    anna, _ = two(club)
    code = wallets.download(anna, club).code
    reply = club.service.request(
        "GET", "/staff/api/member", query={"code": code}, cookies=club.staff_cookies()
    )
    assert reply.status == 200
    assert "seen" not in reply.json


def test_the_token_is_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    real = tokens.same

    def same(expected: str, given: str) -> bool:
        asked.append(given)
        return real(expected, given)

    monkeypatch.setattr(tokens, "same", same)
    assert not passes.is_token(Serial("m0123456789a", "c0123456789abcd", 1), "x")
    assert asked == ["x"]
