"""One hash over many: every path leads to it, and no other hash has one."""

from __future__ import annotations

from hashlib import sha256

import hypothesis.strategies as st
from hypothesis import given

from regulars.domain import merkle
from regulars.domain.merkle import Step

HASHES = st.lists(st.integers(0, 10**6), max_size=40, unique=True).map(
    lambda numbers: [sha256(str(one).encode()).digest() for one in numbers]
)


@given(HASHES.filter(bool), st.data())
def test_every_path_leads_to_the_root_and_to_no_other_from_elsewhere(
    hashes: list[bytes], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(hashes) - 1))
    steps = merkle.path(hashes, place)
    assert merkle.along(hashes[place], steps) == merkle.root(hashes)
    assert len(steps) <= len(hashes).bit_length()
    other = sha256(b"another").digest()
    assert merkle.along(other, steps) != merkle.root(hashes)
    if steps:
        swapped = [Step("left" if steps[0].side == "right" else "right", steps[0].hash)]
        assert merkle.along(hashes[place], swapped + steps[1:]) != merkle.root(hashes)


@given(HASHES, HASHES)
def test_other_hashes_have_another_root(one: list[bytes], other: list[bytes]) -> None:
    assert (merkle.root(one) == merkle.root(other)) == (one == other)


def test_it_is_as_documented() -> None:
    a, b, c = (merkle.leaf("c1", seq, "ab") for seq in (1, 2, 3))
    assert a == sha256(b"\x00c1 1 ab").digest()
    ab = sha256(b"\x01" + a + b).digest()
    assert merkle.root([a, b, c]) == sha256(b"\x01" + ab + c).digest()
    assert merkle.root([a]) == a
    assert merkle.root([]) == sha256(b"").digest()
