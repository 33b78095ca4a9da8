"""A noun beside a number has every plural form: no text with one is without."""

from __future__ import annotations

import re
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

NOUNS = (
    "stamp point visit member friend guest reward gift voucher card code day week month year hour "
    "minute time item thing message booking change place winner character line ticket sale device"
)
BESIDE = re.compile(
    rf"\{{(?!minor|sum|money)[a-z_.]+\}} (new |printed )?({'|'.join(NOUNS.split())})s?\b"
)
SEVERAL = {
    "One member brought {n} friends and never bought anything.",
    "One member brought {n} friends; {once} of them came once or twice, and then no more.",
    "One person made all {n} bookings on one card; of 100 bookings at those times others made "
    "{others}.",
}
"""Sentences that are written of several only: a signal has a least number."""

DECIMALS = {
    "At risk is who stays away {at_risk} times as long as usual",
    "lapsed who stays away {lapsed} times as long",
    "{multiplier} times what is earned otherwise",
    "Sales earn {multiplier} times as much",
}
"""The number is a decimal, such as 1.5."""


def texts() -> list[object]:
    """The texts of code and templates, as the catalogues collect them."""
    path = Path(__file__).parents[3] / "scripts" / "i18n"
    spec = spec_from_loader("catalogues", SourceFileLoader("catalogues", str(path)))
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return [message.id for message in module.texts() if message.id]


def test_no_noun_beside_a_number_is_without_plural_forms() -> None:
    alone = [one for one in texts() if isinstance(one, str) and BESIDE.search(one)]
    assert sorted(set(alone) - SEVERAL - DECIMALS) == []
    assert set(alone) >= SEVERAL | DECIMALS, "they are still there"


def test_the_pattern_finds_one() -> None:
    assert BESIDE.search("Give {amount} stamps")
    assert BESIDE.search("for at most {max_per_member} friends of one member")
