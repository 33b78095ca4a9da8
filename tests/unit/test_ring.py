"""The key ring: read once, again after a while and for an unknown name; keys follow one another."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from regulars.core import clock, ring, tokens
from tests.conftest import START, Clock

FIRST, SECOND, THIRD = "k001", "k002", "k003"
M, C = "m00000000001", "c00000000000001"


def document(*ids: str, current: str, since: float = 0) -> dict[str, Any]:
    keys = {key_id: f"the secret of {key_id}".ljust(40, ".") for key_id in ids}
    return {"base": FIRST, "current": current, "since": since, "keys": keys}


@dataclass
class Parameter:
    """Where the ring is kept; counts how often it is read."""

    value: Any
    reads: int = 0
    now: float = 1000.0

    def read(self) -> str:
        self.reads += 1
        if isinstance(self.value, Exception):
            raise self.value
        return json.dumps(self.value)


@pytest.fixture
def parameter(monkeypatch: pytest.MonkeyPatch) -> Parameter:
    kept = Parameter(document(FIRST, current=FIRST))
    monkeypatch.setattr(ring, "source", kept.read)
    monkeypatch.setattr(ring, "monotonic", lambda: kept.now)
    ring.holder.forget()
    return kept


def test_it_is_read_once_and_again_after_some_minutes(parameter: Parameter) -> None:
    for _ in range(3):
        tokens.contact_digest(M, "a@example.com")
    assert parameter.reads == 1
    parameter.now += ring.RENEW_S - 1
    tokens.contact_digest(M, "a@example.com")
    assert parameter.reads == 1
    parameter.now += 1
    parameter.value = document(FIRST, SECOND, current=SECOND)
    assert tokens.key_name() == SECOND
    assert parameter.reads == 2


def test_an_unknown_name_is_asked_about_at_once_but_not_all_the_time(
    parameter: Parameter,
) -> None:
    """Whoever makes names up does not make us read all the time."""
    assert not ring.takes(SECOND)
    assert parameter.reads == 2
    parameter.value = document(FIRST, SECOND, current=FIRST)
    for name in (SECOND, THIRD, "k999"):
        assert not ring.takes(name)
    assert parameter.reads == 2
    parameter.now += ring.AGAIN_S
    assert ring.takes(SECOND)
    assert parameter.reads == 3
    for made_up in ("x001", "k01", "kabc", "k0001", "k00é", "k²²²"):
        parameter.now += ring.AGAIN_S
        assert not ring.takes(made_up)
    assert parameter.reads == 3, "what is no name is not asked about"


def test_what_is_known_stays_when_it_cannot_be_read_again(parameter: Parameter) -> None:
    digest = tokens.contact_digest(M, "a@example.com")
    for broken in (OSError("away"), "no ring", {}, document(FIRST, current="k009")):
        parameter.now += ring.RENEW_S
        parameter.value, reads = broken, parameter.reads
        assert tokens.contact_digest(M, "a@example.com") == digest
        assert tokens.contact_digest(M, "a@example.com") == digest
        assert parameter.reads == reads + 1, "others do not wait for it, too"
    ring.holder.forget()
    with pytest.raises(ring.BadRingError):
        tokens.contact_digest(M, "a@example.com")


@pytest.mark.parametrize(
    "wrong",
    [
        lambda it: it.pop("base"),
        lambda it: it.update(base="k009"),
        lambda it: it.update(base=SECOND),
        lambda it: it.update(current="k009"),
        lambda it: it.update(since="soon"),
        lambda it: it["keys"].update(k3="x" * 40),
        lambda it: it["keys"].update({SECOND: "too short"}),
        lambda it: it["keys"].update({SECOND: None}),
    ],
)
def test_what_is_no_ring_is_refused_without_a_word_of_what_is_in_it(
    wrong: Callable[[dict[str, Any]], None],
) -> None:
    made = document(FIRST, SECOND, current=SECOND)
    ring.parsed(json.dumps(made))
    wrong(made)
    with pytest.raises(ring.BadRingError) as caught:
        ring.parsed(json.dumps(made))
    assert "secret of" not in str(caught.value)
    assert "secret of" not in repr(ring.parsed(json.dumps(document(FIRST, current=FIRST))))


def test_the_first_key_makes_what_was_made_before_there_was_a_ring(
    parameter: Parameter,
) -> None:
    """No name anywhere: links, cookies and digests of before go on, to the byte."""
    before = everything()
    assert not any("k001" in made for made in before.values())
    parameter.value = document(FIRST, SECOND, current=SECOND, since=clock.now().timestamp())
    ring.holder.forget()
    after = everything()
    stays = {name for name, made in after.items() if made == before[name]}
    assert stays == {"contact", "mailbox", "hook", "card link of the first key"}
    assert readable(before)
    assert readable(after)


def everything() -> dict[str, str]:
    """One of each that is made with the ring."""
    sign_in, name = tokens.new_sign_in_id(), tokens.key_name()
    seed = tokens.seed()
    return {
        "contact": tokens.contact_digest(M, "a@example.com"),
        "mailbox": tokens.mailbox_digest("a@example.com"),
        "hook": tokens.hook_secret("h1"),
        "card link of the first key": tokens.card_token(M, C, 1, ""),
        "card link": tokens.card_token(M, C, 1, name),
        "unsubscribe": tokens.unsubscribe_token(M, C),
        "mailed": tokens.mailed_token(M, C, 1_795_338_000_000),
        "signed": tokens.sign("cookie", "payload"),
        "pin": tokens.pin_digest(M, "s1", "4711"),
        "sign-in": tokens.sign_in_token(sign_in),
        "seed": seed,
        "code": tokens.contact_code(M, C, "a@example.com", seed),
        "card code": tokens.card_code(M, "0000A", int(clock.now().timestamp())),
    }


def readable(made: dict[str, str]) -> bool:
    """Whether all of it is read back, and nothing else than it."""
    code, epoch_s = made["card code"], int(clock.now().timestamp())
    return (
        tokens.read_unsubscribe_token(made["unsubscribe"]) == (M, C)
        and tokens.read_mailed_token(made["mailed"], 60) == (M, C, 1_795_338_000_000)
        and tokens.unsign("cookie", made["signed"]) == "payload"
        and tokens.is_pin(made["pin"], M, "s1", "4711")
        and not tokens.is_pin(made["pin"], M, "s1", "4712")
        and tokens.read_sign_in_token(made["sign-in"]) is not None
        and tokens.contact_code(M, C, "a@example.com", made["seed"]) == made["code"]
        and tokens.read_card_code(M, code, epoch_s) == "0000A"
    )


def test_what_a_former_key_makes_ends_with_its_time(parameter: Parameter, frozen: Clock) -> None:
    """Whoever has a former key makes no codes, cookies or links to sign in with it."""
    parameter.value = document(FIRST, SECOND, current=FIRST)
    made = everything()
    parameter.value = document(FIRST, SECOND, current=SECOND, since=START.timestamp())
    ring.holder.forget()
    moments = {
        "card code": 60,
        "mailed": 60,
        "sign-in": tokens.SIGN_IN_S,
        "signed": tokens.SIGNED_S,
    }
    for what, lasts_s in moments.items():
        for later, good in ((ring.BEHIND_S + lasts_s - 31, True), (ring.BEHIND_S + lasts_s, False)):
            frozen.now = START + timedelta(seconds=later)
            assert reads(what, made, later) is good, (what, later)
    assert tokens.read_unsubscribe_token(made["unsubscribe"]) == (M, C), "mails are kept for years"
    assert tokens.is_pin(made["pin"], M, "s1", "4711"), "until it is set again"


def reads(what: str, made: dict[str, str], later: float) -> bool:
    """Whether one of these is still read; a code that the former key makes now."""
    if what == "mailed":
        return tokens.read_mailed_token(made["mailed"], 60) is not None
    if what == "sign-in":
        return tokens.read_sign_in_token(made["sign-in"]) is not None
    if what == "signed":
        return tokens.unsign("cookie", made["signed"]) is not None
    known, now_s = ring.holder.ring(), int(START.timestamp() + later)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ring, "newest", lambda: "")
        code = tokens.card_code(M, "0000A", now_s)
    assert known.current == SECOND
    return tokens.read_card_code(M, code, now_s) == "0000A"


def test_a_till_that_reports_late_names_the_code_of_then(
    parameter: Parameter, frozen: Clock
) -> None:
    sold_s = int(START.timestamp())
    code = tokens.card_code(M, "0000A", sold_s)
    parameter.value = document(FIRST, SECOND, current=SECOND, since=sold_s + 60)
    ring.holder.forget()
    frozen.now = START + timedelta(days=3)
    assert tokens.read_card_code(M, code, sold_s) == "0000A"


def test_a_key_that_is_yet_to_come_is_taken_already(parameter: Parameter) -> None:
    """Some processes make things with it before others know that it is the current one."""
    parameter.value = document(FIRST, SECOND, current=SECOND)
    made = everything()
    parameter.value = document(FIRST, SECOND, current=FIRST)
    ring.holder.forget()
    assert tokens.key_name() == ""
    assert readable(made)


def test_a_key_that_was_taken_off_makes_nothing_and_reads_nothing(parameter: Parameter) -> None:
    parameter.value = document(FIRST, SECOND, current=SECOND)
    made = everything()
    parameter.value = document(FIRST, current=FIRST)
    ring.holder.forget()
    assert tokens.read_unsubscribe_token(made["unsubscribe"]) is None
    assert tokens.unsign("cookie", made["signed"]) is None
    assert not tokens.is_pin(made["pin"], M, "s1", "4711")
    with pytest.raises(ring.UnknownKeyError):
        tokens.card_token(M, C, 1, SECOND)


def test_a_name_belongs_to_what_was_made_with_it(parameter: Parameter) -> None:
    parameter.value = document(FIRST, SECOND, THIRD, current=SECOND)
    made = everything()
    for name in ("unsubscribe", "mailed", "sign-in"):
        for other in ("", THIRD, FIRST):
            swapped = other + made[name].removeprefix(SECOND)
            assert tokens.read_unsubscribe_token(swapped) is None
            assert tokens.read_mailed_token(swapped, 60) is None
            assert tokens.read_sign_in_token(swapped) is None
    bare = made["signed"].removeprefix(f"{SECOND}.")
    for swapped in (bare, f"{THIRD}.{bare}", f"{FIRST}.{bare}", f".{bare}"):
        assert tokens.unsign("cookie", swapped) is None
