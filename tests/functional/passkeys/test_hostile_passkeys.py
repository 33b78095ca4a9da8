"""Whatever bytes come as a passkey, the answer is a refusal in its own form, never a failure.

Each try begins a ceremony, so that the bytes get as far as they can: through the parsers of CBOR,
keys and signatures. `Service.request` fails on a 500.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.store import limits, passkeys
from tests.authenticator import Authenticator, decode, encode
from tests.conftest import PLATFORM_KEY
from tests.examples import examples
from tests.functional.console import STAFF, Browser
from tests.functional.passkeys.calls import LOGIN, REGISTER, add, finish, options, show
from tests.service import Reply, Service

OWNER = "anna@example.com"
JSON = {**STAFF, "content-type": "application/json"}

LEAVES = (
    st.none() | st.booleans() | st.integers(-(2**64), 2**64) | st.binary(max_size=40)
    | st.text(max_size=20) | st.floats()
)  # fmt: skip
CBOR = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.integers(-5, 5) | st.sampled_from(["fmt", "attStmt", "authData"]), inner,
                      max_size=6),
    max_leaves=10,
).map(cbor2.dumps)  # fmt: skip
KEYS = st.fixed_dictionaries(
    {1: st.sampled_from([1, 2, 3, 7]) | LEAVES, 3: st.sampled_from([-7, -8, -257, -48]) | LEAVES},
    optional={
        -1: st.sampled_from([1, 6]) | st.binary(max_size=300) | LEAVES,
        -2: st.binary(max_size=33) | LEAVES,
        -3: st.binary(max_size=33) | LEAVES,
    },
).map(cbor2.dumps)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=30) | st.just("public-key")
    | st.binary(max_size=60).map(encode) | st.characters(categories=["Cs", "Cc"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(
        ["id", "rawId", "type", "response", "clientDataJSON", "attestationObject", "signature",
         "authenticatorData", "userHandle", "clientExtensionResults", "credProps", "rk"]), inner,
        max_size=6),
    max_leaves=12,
)  # fmt: skip


@pytest.fixture
def browser(service: Service) -> Browser:
    """Somebody who may add passkeys, at a shop that may ask as often as it likes."""
    cafe = service.new_merchant(owner_email=OWNER)
    headers = {"authorization": f"Bearer {PLATFORM_KEY}"}
    wide = {"rate_per_second": 10_000, "burst": 100_000}
    service.request("PATCH", f"/v1/merchants/{cafe.id}", body=wide, headers=headers)
    return Browser(service).sign_in(OWNER)


DAMAGE = st.tuples(
    st.sampled_from(["cut", "change", "insert", "other"]),
    st.integers(0, 2000),
    st.binary(min_size=1, max_size=8),
    CBOR | st.binary(max_size=200),
)


def damaged(whole: bytes, damage: tuple[str, int, bytes, bytes]) -> bytes:
    """Bytes that are cut off, have one that is changed, some more in them, or are others."""
    kind, place, more, other = damage
    place %= len(whole)
    if kind == "cut":
        return whole[:place]
    if kind == "change":
        return whole[:place] + bytes([whole[place] ^ (more[0] or 1)]) + whole[place + 1 :]
    return whole[:place] + more + whole[place:] if kind == "insert" else other


def hostile(ask: Callable[[st.DataObject], Reply], tries: int, answered: set[int]) -> None:
    """Ask so many times; each is answered so."""

    @settings(max_examples=examples(tries), deadline=None, database=None)
    @given(data=st.data())
    def one(data: st.DataObject) -> None:
        reply = ask(data)
        assert reply.status in answered, reply.text

    one()


def test_any_body(browser: Browser) -> None:
    def ask(data: st.DataObject) -> Reply:
        path = data.draw(st.sampled_from([REGISTER, LOGIN]))
        raw = json.dumps({"credential": data.draw(VALUES), "name": data.draw(VALUES)}).encode()
        return browser.go("POST", f"{path}/finish", raw=raw, headers=JSON)

    hostile(ask, 60, {422})


def test_any_key(browser: Browser, addresses: Iterator[str]) -> None:
    """Nobody vouches for a key that was made, so a good one may come of it; what it signs is not
    of the key that its device has."""

    def ask(data: st.DataObject) -> Reply:
        forget(browser)
        device = Authenticator()
        reply = add(browser, device, cose=data.draw(KEYS))
        return show(browser, device, next(addresses)) if reply.status == 201 else reply

    hostile(ask, 60, {403, 422})


@pytest.mark.parametrize("part", ["attestationObject", "clientDataJSON"])
def test_any_damage_to_one_that_was_made(
    browser: Browser, addresses: Iterator[str], part: str
) -> None:
    """As nobody vouches for it, it may be one all the same; then it signs in, or does not."""

    def ask(data: st.DataObject) -> Reply:
        forget(browser)
        device = Authenticator()
        made = device.create(options(browser, REGISTER))
        bad = damaged(decode(made["response"][part]), data.draw(DAMAGE))
        made["response"][part] = encode(bad)
        reply = finish(browser, REGISTER, made)
        return show(browser, device, next(addresses)) if reply.status == 201 else reply

    hostile(ask, 40, {200, 403, 422})


@pytest.mark.parametrize("part", ["authenticatorData", "clientDataJSON", "signature", "userHandle"])
def test_any_damage_to_one_that_is_shown(
    browser: Browser, addresses: Iterator[str], part: str
) -> None:
    device = Authenticator()
    add(browser, device)

    def ask(data: st.DataObject) -> Reply:
        address = next(addresses)
        shown: dict[str, Any] = device.get(options(browser, source=address))
        bad = damaged(decode(shown["response"][part]), data.draw(DAMAGE))
        shown["response"][part] = encode(bad)
        unlock(browser, shown["id"])
        return finish(browser, LOGIN, shown, source=address)

    hostile(ask, 30, {403, 422})


@pytest.fixture
def addresses() -> Iterator[str]:
    """Another one for each try: limits have tests of their own."""
    return (f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}" for n in range(2**24))


def unlock(browser: Browser, credential_id: str) -> None:
    """Let a passkey be tried again: five wrong tries lock it."""
    pk, sk = limits.of_target("passkey", credential_id).key
    browser.service.table.put({"PK": pk, "SK": sk, "n": 0, "ends": 0})


def forget(browser: Browser) -> None:
    """Let who is signed in have no passkeys: there can be ten."""
    merchant_id, _, staff_id, _ = browser.cookies["__Host-regulars_staff"].split(".")
    _, there = passkeys.read(browser.service.table, merchant_id, staff_id)
    browser.service.table.transact([there.put(())])
