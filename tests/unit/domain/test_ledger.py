"""The ledger: one text per entry, chained, and nothing in it can be changed unseen."""

from __future__ import annotations

import json
from hashlib import sha256

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from regulars.domain.card import Lot
from regulars.domain.ledger import (
    Entry,
    Line,
    Recorded,
    canonical,
    chain,
    lot_dates,
    lot_name,
    parse,
    verify,
)
from regulars.domain.reasons import Reason
from tests.examples import examples
from tests.unit.domain.shop import Shop, make_program, reward, spend_rule, unit, visit_rule

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NUMBERS = st.integers(-(10**18), 10**18)
FIGURES = st.dictionaries(WORDS, st.one_of(WORDS, NUMBERS, st.lists(WORDS, max_size=3)), max_size=4)
LINES = st.builds(Line, WORDS, NUMBERS, WORDS, WORDS, st.builds(Reason, FIGURES))
ENTRIES = st.builds(
    Entry,
    seq=st.integers(1, 10**10),
    op=WORDS,
    kind=st.sampled_from(["join", "earn", "reverse", "adjust"]),
    recorded_ms=st.integers(1, 10**13),
    effective_ms=st.integers(1, 10**13),
    source=WORDS,
    program_version=st.integers(1, 10**6),
    lines=st.lists(LINES, max_size=4).map(tuple),
    balances=st.dictionaries(WORDS, NUMBERS, max_size=3),
    tier_from=st.none() | WORDS,
    tier_to=st.none() | WORDS,
    staff=st.none() | WORDS,
    location=st.none() | WORDS,
    facts=FIGURES,
    patch=st.none() | FIGURES,
)


@given(ENTRIES)
def test_an_entry_survives_its_text(entry: Entry) -> None:
    """All but a tier that did not change, which the text leaves out."""
    text = canonical(entry)
    if entry.tier_from == entry.tier_to:
        entry = entry._replace(tier_from=None, tier_to=None)

    assert parse(text) == entry
    assert canonical(parse(text)) == text


@given(ENTRIES, st.randoms())
def test_the_text_does_not_depend_on_the_order_of_keys(entry: Entry, random: object) -> None:
    shuffled = dict(sorted(entry.facts.items(), key=lambda _: random.random()))  # type: ignore[attr-defined] # Hypothesis' Random

    assert canonical(entry._replace(facts=shuffled)) == canonical(entry)


def test_the_text_is_as_documented() -> None:
    """Sorted keys, no spaces, absent values left out: anyone can recompute the hash."""
    entry = Entry(
        1, "key:a", "earn", 5, 4, "api", 3,
        (Line("p", 2, "2026-12-31", "visit", Reason({"n": 1})),),
        {"p": 2}, "a", "b", None, "here", {"note": "Kávé"},
    )  # fmt: skip

    assert canonical(entry) == (
        '{"at":5,"bal":{"p":2},"eff":4,"facts":{"note":"Kávé"},"kind":"earn",'
        '"lines":[["p",2,"2026-12-31","visit",{"n":1}]],"loc":"here","op":"key:a","prog":3,'
        '"seq":1,"src":"api","tier":["a","b"]}'
    )
    assert chain("prev", "text") == sha256(b"prev\ntext").hexdigest()


@given(st.sampled_from(["", "2026-12-31"]), st.sampled_from(["", "2026-11-25"]), st.integers(1, 9))
def test_a_lot_is_known_by_its_name(expires: str, available: str, amount: int) -> None:
    lot = Lot(expires, available, amount)

    assert Lot(*lot_dates(lot_name(*lot.key)), amount) == lot


def a_life() -> Shop:
    """A card that has seen everything: stamps, a reward, a refund, debt, a correction."""
    of = make_program(
        units=[unit(expiry={"type": "months", "months": 1}), unit("stamp", "stamps")],
        earn=[spend_rule(1, 100), visit_rule()],
        rewards=[reward("five", 5), reward("coffee", 2, "stamp", auto=True)],
        tiers=[{"id": "t", "name": "T", "enter": [{"metric": "visits", "at_least": 2}]}],
    )
    cafe = Shop(of)
    cafe.join()
    sale = cafe.sale(750, note="első")
    cafe.redeem(cafe.issue("five"))
    cafe.later(days=1).sale(320)
    cafe.refund(sale, 400)
    cafe.adjust("point", 3)
    cafe.later(days=50).expire()
    return cafe


HISTORY = a_life()
EVERYTHING = HISTORY.ledger


def test_a_whole_life_verifies() -> None:
    assert len(EVERYTHING) >= 7
    assert verify(HISTORY.card, EVERYTHING) == []
    assert verify(HISTORY.card, []) != []


@settings(max_examples=examples(500), deadline=None)
@given(
    st.integers(0, len(EVERYTHING) - 1), st.sampled_from(["text", "prev", "hash"]),
    st.integers(0, 10**6), st.integers(1, 255),
)  # fmt: skip
def test_any_changed_byte_is_found(place: int, part: str, position: int, flip: int) -> None:
    """And located: at the entry or at the one after it, which was chained to it."""
    broken = list(EVERYTHING)
    data = bytearray(getattr(broken[place], part).encode())
    if not data:
        return
    data[position % len(data)] ^= flip
    damaged = data.decode(errors="replace")
    broken[place] = broken[place]._replace(**{part: damaged})

    problems = verify(HISTORY.card, broken)

    assert problems
    named = {f"entry {place + 1}", f"entry {place + 2}"}
    assert any(problem.startswith(tuple(f"{one} " for one in named)) for problem in problems)


@pytest.mark.parametrize("place", range(len(EVERYTHING)))
def test_a_removed_entry_is_found(place: int) -> None:
    assert verify(HISTORY.card, EVERYTHING[:place] + EVERYTHING[place + 1 :])


@pytest.mark.parametrize("place", range(len(EVERYTHING) - 1))
def test_swapped_and_doubled_entries_are_found(place: int) -> None:
    swapped = list(EVERYTHING)
    swapped[place : place + 2] = reversed(swapped[place : place + 2])
    doubled = [*EVERYTHING[: place + 1], *EVERYTHING[place:]]

    assert verify(HISTORY.card, swapped)
    assert verify(HISTORY.card, doubled)


@settings(max_examples=examples(200), deadline=None)
@given(st.integers(0, len(EVERYTHING) - 1), st.data())
def test_an_edited_ledger_is_found_although_all_hashes_were_made_again(
    place: int, data: st.DataObject
) -> None:
    """The forger computes every later hash again; only the card's own head gives it away."""
    texts = [recorded.text for recorded in EVERYTHING]
    document = json.loads(texts[place])
    field = data.draw(st.sampled_from(sorted(document)))
    document[field] = data.draw(st.sampled_from([None, 0, -1, 10**15, "x", [], {}, [[1]], "2026"]))
    if document == json.loads(texts[place]):
        return
    texts[place] = json.dumps(document, sort_keys=True, separators=(",", ":"))
    forged, previous = [], ""
    for text in texts:
        forged.append(Recorded(text, previous, chain(previous, text)))
        previous = forged[-1].hash

    assert verify(HISTORY.card, forged)


def test_a_card_that_differs_from_its_ledger_is_found() -> None:
    card = HISTORY.card
    changed = [
        card._replace(seq=card.seq + 1),
        card._replace(head="0" * 64),
        card.with_lots("stamp", (Lot("", "", 1), *card.lots.get("stamp", ()))),
        card.with_lots("gold", (Lot("", "", 1),)),
        card.with_debt("point", 1),
    ]

    assert all(verify(one, EVERYTHING) for one in changed)


def test_a_wrong_sum_is_found_although_the_chain_fits() -> None:
    """A mistake of ours, not a forgery: an entry that states a balance its lines do not make."""
    entry = parse(EVERYTHING[0].text)._replace(balances={"point": 9})
    text = canonical(entry)
    card = HISTORY.card._replace(seq=1, head=chain("", text), lots={})

    assert "entry 1 states another balance of point" in verify(
        card, [Recorded(text, "", chain("", text))]
    )


def test_two_entries_of_one_instant_are_found_although_the_chain_fits() -> None:
    first = parse(EVERYTHING[0].text)._replace(balances={}, lines=())
    texts = [canonical(first), canonical(first._replace(seq=2))]
    head = chain(chain("", texts[0]), texts[1])
    card = HISTORY.card._replace(seq=2, head=head, lots={}, debt={})
    ledger = [
        Recorded(texts[0], "", chain("", texts[0])),
        Recorded(texts[1], chain("", texts[0]), head),
    ]

    assert verify(card, ledger) == ["entry 2 is not later than the entry before it"]
