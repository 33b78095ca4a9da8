"""Ids, secrets and codes: read back by us alone, each for its own purpose and merchant."""

from __future__ import annotations

import hmac
import re
from collections import Counter
from hashlib import sha256

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from regulars.core import ring, tokens
from regulars.domain import codes
from tests.conftest import RING, SECRET

EPOCH = 1_795_338_000
SHOP, OTHER = "m00000000001", "m00000000002"

HANDLES = st.text(st.sampled_from(codes.ALPHABET), min_size=5, max_size=5)
TIMES = st.integers(0, 2**33)


@settings(deadline=None)
@given(HANDLES, TIMES, st.integers(0, 59))
def test_a_card_code_is_read_in_its_step_and_the_next(handle: str, at: int, later: int) -> None:
    code = tokens.card_code(SHOP, handle, at)

    assert re.fullmatch(f"[{codes.ALPHABET}]{{8}}", code)
    fresh = (at + later) // 30 - at // 30 < 2
    assert (tokens.read_card_code(SHOP, code, at + later) == handle) is fresh
    assert tokens.read_card_code(SHOP, code.lower(), at) == handle
    assert tokens.read_card_code(SHOP, f" {code[:4]}-{code[4:]} ", at) == handle


def test_a_card_code_is_worth_nothing_before_after_and_elsewhere() -> None:
    """15 check bits: of 2,000 wrong codes none or hardly one is taken for some card, and none
    for this one."""
    wrong = []
    for number in range(500):
        handle = codes.encode(number * 7919, 5)
        code = tokens.card_code(SHOP, handle, EPOCH)
        assert tokens.read_card_code(SHOP, code, EPOCH + 59 - EPOCH % 30) == handle
        wrong += [
            (handle, tokens.read_card_code(SHOP, code, EPOCH + 60)),
            (handle, tokens.read_card_code(SHOP, code, EPOCH + 3600)),
            (handle, tokens.read_card_code(SHOP, code, EPOCH - 30)),
            (handle, tokens.read_card_code(OTHER, code, EPOCH)),
        ]

    accepted = [read for _, read in wrong if read is not None]
    assert len(accepted) <= 4, "two steps of 2**-15 each would be 0.12 in 2,000"
    assert all(handle != read for handle, read in wrong)


def test_a_flipped_bit_is_refused_about_as_often_as_promised() -> None:
    """Two steps, 15 check bits: 2**-14 per guess, so of 20,000 flipped codes 1.2 pass."""
    passed = 0
    for number in range(500):
        code = tokens.card_code(SHOP, codes.encode(number * 104_729, 5), EPOCH)
        value = codes.decode(code)
        assert value is not None
        for bit in range(40):
            flipped = codes.encode(value ^ (1 << bit), 8)
            passed += tokens.read_card_code(SHOP, flipped, EPOCH) is not None

    assert passed <= 8


def test_codes_of_one_card_say_nothing_about_each_other() -> None:
    """A thousand steps: all different, every character of every place is about as frequent, and
    the handle shows in none of them."""
    shown = [tokens.card_code(SHOP, "0000A", EPOCH + 30 * step) for step in range(1000)]

    assert len(set(shown)) == 1000
    for place in range(8):
        frequencies = Counter(code[place] for code in shown)
        assert len(frequencies) == 32
        assert max(frequencies.values()) < 70


@pytest.mark.parametrize("code", ["", "0", "0000000", "000000000", "ééééúúúú", "UUUUUUUU", "-" * 8])
def test_what_is_no_code_is_refused(code: str) -> None:
    assert tokens.read_card_code(SHOP, code, EPOCH) is None


def test_a_code_expires_with_its_step() -> None:
    step = EPOCH - EPOCH % 30
    assert [tokens.code_expires_s(step + s) - step for s in (0, 1, 29, 30)] == [30, 30, 30, 60]


def test_a_handle_that_is_none_is_our_mistake() -> None:
    with pytest.raises(ValueError, match="not a handle"):
        tokens.card_code(SHOP, "UUUUU", EPOCH)


@settings(deadline=None)
@given(st.text(max_size=60), st.sampled_from(["staff", "card"]))
def test_a_signed_payload_comes_back_for_its_purpose_alone(payload: str, purpose: str) -> None:
    if any("\ud800" <= char <= "\udfff" for char in payload):
        return
    signed = tokens.sign(purpose, payload)

    assert tokens.unsign(purpose, signed) == payload
    assert tokens.unsign(f"{purpose}2", signed) is None
    assert re.fullmatch(r"[A-Za-z0-9_.-]*", signed), "fit for a cookie"


def test_a_signed_payload_changed_anywhere_is_refused() -> None:
    signed = tokens.sign("staff", '{"m":"m1","s":"s1","exp":123}')
    for place, char in enumerate(signed):
        for other in "AQgw.-_":
            if other != char:
                changed = signed[:place] + other + signed[place + 1 :]
                assert tokens.unsign("staff", changed) is None, f"{char} -> {other} at {place}"
    for cut in range(len(signed)):
        assert tokens.unsign("staff", signed[:cut]) is None
    for junk in ("", ".", "..", "a.b", "é.é", "a" * 10_000, signed + "A", signed + "."):
        assert tokens.unsign("staff", junk) is None


def test_an_unsubscribe_link_names_its_member_and_no_other() -> None:
    token = tokens.unsubscribe_token(SHOP, "c00000000000001")

    assert tokens.read_unsubscribe_token(token) == (SHOP, "c00000000000001")
    signature = token.removeprefix(f"{SHOP}c00000000000001")
    for forged in (
        f"{OTHER}c00000000000001{signature}",
        f"{SHOP}c00000000000002{signature}",
        f"{SHOP}.c00000000000001.{signature}",
        f"{SHOP}.c00000000000001.",
        f"{SHOP}c00000000000001",
        signature,
        token[:-1],
        token + "A",
        token + ".x",
        "",
        "..",
        "é.é.é",
    ):
        assert tokens.read_unsubscribe_token(forged) is None, forged


def test_secrets_differ_by_purpose_part_and_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts cannot run into each other, and another secret makes another world."""
    made = [
        tokens.derive("a", "b", "c"),
        tokens.derive("a", "bc"),
        tokens.derive("a", "b", "c", ""),
        tokens.derive("a", "c", "b"),
        tokens.derive("ab", "c"),
        tokens.derive("a"),
    ]
    other = RING.replace(SECRET, "another secret of the tests, long enough")
    monkeypatch.setattr(ring, "source", lambda: other)
    ring.holder.forget()
    made.append(tokens.derive("a", "b", "c"))

    assert len(set(made)) == len(made)


def test_a_derived_secret_is_as_documented() -> None:
    """HMAC-SHA256 of length-prefixed parts, so that a second implementation can be written."""
    key = hmac.digest(SECRET.encode(), b"hook", "sha256")
    message = b"\x00\x00\x00\x02h1"

    assert tokens.derive("hook", "h1") == hmac.digest(key, message, "sha256")
    assert tokens.hook_secret("h1").startswith("whsec_")
    assert tokens.digest("x") == sha256(b"x").hexdigest()


def test_card_links_have_128_bits_and_change_when_renewed() -> None:
    links = {
        tokens.card_token(m, c, n, "")
        for m in (SHOP, OTHER) for c in ("c1", "c2") for n in (1, 2)
    }  # fmt: skip

    assert len(links) == 8
    assert all(re.fullmatch(r"[0-9a-hjkmnp-tv-z]{26}", link) for link in links)


def test_contacts_are_looked_up_per_merchant() -> None:
    digests = {
        tokens.contact_digest(m, contact)
        for m in (SHOP, OTHER) for contact in ("a@example.com", "+36301234567")
    }  # fmt: skip

    assert len(digests) == 4
    assert all(re.fullmatch(r"[0-9a-f]{40}", digest) for digest in digests)


def test_ids_are_drawn_evenly_and_say_what_they_are() -> None:
    drawn = [tokens.new_member_id() for _ in range(2000)]

    assert len(set(drawn)) == 2000
    assert all(re.fullmatch(r"c[0-9a-hjkmnp-tv-z]{14}", one) for one in drawn)
    frequencies = Counter("".join(one[1:] for one in drawn))
    assert len(frequencies) == 32
    assert max(frequencies.values()) < 1.25 * 28_000 / 32
    merchant = tokens.new_merchant_id()
    assert re.fullmatch(r"m[0-9a-hjkmnp-tv-z]{11}", merchant)
    assert tokens.twin(merchant) == "t" + merchant[1:]
    assert tokens.twin(tokens.twin(merchant)) == merchant
    assert (tokens.is_sandbox(merchant), tokens.is_sandbox(tokens.twin(merchant))) == (False, True)


@settings(deadline=None)
@given(st.integers(0, 2**50 - 1))
def test_codes_are_read_as_they_were_written(number: int) -> None:
    code = codes.encode(number, 10)

    assert codes.decode(code) == number
    assert codes.normal(code) == code


@pytest.mark.parametrize(
    ("typed", "read"),
    [("o0-i1 l1", "001111"), ("abcd efgh", "ABCDEFGH"), ("a.b/c", "ABC"), ("", "")],
)
def test_codes_are_read_as_people_type_them(typed: str, read: str) -> None:
    assert codes.normal(typed) == read


def test_a_code_with_a_stranger_in_it_is_none() -> None:
    assert codes.decode("ABCU") is None


@settings(deadline=None)
@given(st.binary(min_size=1, max_size=40))
def test_drawn_codes_follow_from_their_seed(seed: bytes) -> None:
    assert codes.drawn(seed, 10) == codes.drawn(seed, 10)
    assert codes.drawn(seed, 10) != codes.drawn(seed + b"x", 10)
    assert re.fullmatch(f"[{codes.ALPHABET}]{{10}}", codes.drawn(seed, 10))
