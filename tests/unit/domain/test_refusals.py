"""A refusal as it is raised, and which of them may succeed when tried again."""

from __future__ import annotations

import pytest

from regulars.domain.refusals import RefusalCode, Refused, StaleProgram


def test_a_code_is_its_name() -> None:
    assert [str(code) for code in RefusalCode] == [code.name.lower() for code in RefusalCode]
    assert RefusalCode("slug_taken") is RefusalCode.SLUG_TAKEN


def test_what_it_says() -> None:
    bare = Refused(RefusalCode.DEBT)
    assert (bare.code, bare.detail, bare.errors) == (RefusalCode.DEBT, "", ())
    assert (bare.replayed, bare.more, bare.retry_after_s) == (False, {}, 0)
    assert bare.args == ("debt", "")
    full = Refused(
        RefusalCode.INVALID, "No.", (("unit", "is wrong"),), replayed=True, more={"left": 1},
        retry_after_s=60,
    )  # fmt: skip
    assert (full.detail, full.errors, full.replayed) == ("No.", (("unit", "is wrong"),), True)
    assert (full.more, full.retry_after_s) == ({"left": 1}, 60)
    assert StaleProgram().code is RefusalCode.CONFLICT


@pytest.mark.parametrize("code", RefusalCode)
def test_what_may_succeed_later(code: RefusalCode) -> None:
    assert code.transient == (code in {"conflict", "rate_limited", "unavailable", "internal"})
