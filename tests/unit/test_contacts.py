"""Contacts as people type and paste them: one form for each, and nothing that is not one."""

from __future__ import annotations

import unicodedata

import hypothesis.strategies as st
import phonenumbers
import pytest
from hypothesis import assume, given, settings

from regulars.core import contacts, typed
from tests.examples import examples

REGIONS = ("HU", "PL", "KZ", "GB", "US", "DE", "IT", "IN", "UA", "FR")
UNSEEN = st.text(
    st.characters(categories=["Cf", "Zs", "Zl", "Zp", "Cc"], max_codepoint=0xFFFF)
    | st.sampled_from("\u200b\ufeff\u200e\u2060\u00ad\u0085\u2028\u2029\u200c\u200d\n\t\r"),
    max_size=4,
)


def number_of(region: str) -> phonenumbers.PhoneNumber:
    """A number that is given out in a region, by the library's own list."""
    number = phonenumbers.example_number(region)
    assert number is not None
    return number


def e164(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@st.composite
def spellings(draw: st.DrawFn) -> tuple[str, str, str]:
    """A number as it may be written in its country: the text, the region, what is meant."""
    region = draw(st.sampled_from(REGIONS))
    number = number_of(region)
    form = draw(st.sampled_from(
        [phonenumbers.PhoneNumberFormat.NATIONAL, phonenumbers.PhoneNumberFormat.INTERNATIONAL,
         phonenumbers.PhoneNumberFormat.E164]
    ))  # fmt: skip
    text = phonenumbers.format_number(number, form)
    gap = draw(st.sampled_from([" ", "", "-", "\u00a0", "\u202f", "\u2011", "/", ".", "\u00ad "]))
    zero = draw(st.sampled_from([0x30, 0xFF10, 0x0660]))
    text = text.replace(" ", gap).translate({0x30 + n: chr(zero + n) for n in range(10)})
    return text, region, e164(number)


@settings(deadline=None, max_examples=examples(200))
@given(spellings(), UNSEEN, UNSEEN)
def test_every_spelling_of_a_number_is_one_contact(
    spelling: tuple[str, str, str], before: str, after: str
) -> None:
    text, region, meant = spelling
    assert contacts.phone(f"{before}{text}{after}", region) == meant
    assert contacts.phone(contacts.shown(meant), region) == meant, "as it is shown back"


@settings(deadline=None, max_examples=examples(300))
@given(st.sampled_from(REGIONS), st.text("0123456789", min_size=1, max_size=14), st.booleans())
def test_only_a_valid_number_is_a_contact(region: str, digits: str, abroad: bool) -> None:
    """The library's own word for what is given out; a number that is only of a good length is
    none. What comes out leads to itself from anywhere."""
    found = contacts.phone(f"+{digits}" if abroad else digits, region)
    if found is None:
        return
    assert phonenumbers.is_valid_number(phonenumbers.parse(found))
    assert all(contacts.phone(found, other) == found for other in (*REGIONS, ""))


@settings(deadline=None, max_examples=examples(200))
@given(st.sampled_from(REGIONS), st.data())
def test_a_number_that_lacks_digits_is_none(region: str, data: st.DataObject) -> None:
    """Whoever leaves out the area code does not get the card of another who does."""
    whole = e164(number_of(region))
    national = whole.removeprefix(f"+{number_of(region).country_code}")
    short = national[data.draw(st.integers(1, 3)) :]
    assume(not phonenumbers.is_valid_number(phonenumbers.parse(short, region)))
    assert contacts.phone(short, region) is None


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize(
    "more",
    [" ext. 12", "x12", ";ext=12", "#12", ",12", " or +36301234567", " / +36301234567", "\nhome",
     " (Anna)", "*1", " mellék 12", "~3"],
)  # fmt: skip
def test_a_number_with_something_else_is_none(region: str, more: str) -> None:
    for text in (e164(number_of(region)),
                 phonenumbers.format_number(number_of(region),
                                            phonenumbers.PhoneNumberFormat.NATIONAL)):  # fmt: skip
        assert contacts.phone(text, region) is not None
        assert contacts.phone(f"{text}{more}", region) is None
    assert contacts.phone(f"call {e164(number_of(region))}", region) is None


@pytest.mark.parametrize(
    ("text", "region"),
    [("123 4567", "HU"), ("1234567", "HU"), ("112", "HU"), ("0000000000", "HU"), ("+", "HU"),
     ("+361234567", "HU"), ("06 30 123 4567", ""), ("++36301234567", "HU"), ("", "HU"),
     ("+36+301234567", "HU"), ("555-0123", "US"), ("1" * 600, "HU"), ("30 12 34 567 8", "HU"),
     ("+36301234567" + " " * 600 + "x", "HU"), ("1-800-FLOWERS", "US")],
)  # fmt: skip
def test_what_is_no_whole_number(text: str, region: str) -> None:
    assert contacts.phone(text, region) is None


def test_a_trunk_zero_in_brackets_is_left_out() -> None:
    assert contacts.phone("+44 (0)20 7946 0018", "HU") == "+442079460018"


LOCAL = st.from_regex(r"[a-z0-9]([a-z0-9_+-]{0,10}[a-z0-9])?", fullmatch=True)
DOMAIN = st.sampled_from(["example.com", "mail.example.org", "example.hu", "xn--bcher-kva.example"])


@settings(deadline=None, max_examples=examples(200))
@given(LOCAL, DOMAIN, UNSEEN, UNSEEN, st.sampled_from("\u200b\u2060\ufeff\u00ad\u200d"))
def test_every_pasted_spelling_of_an_address_is_one_contact(
    local: str, domain: str, before: str, after: str, inside: str
) -> None:
    text = f"{local}@{domain}"
    whole = contacts.email(text)
    assert whole is not None
    for spelled in (f"{before}{text}{after}", text.upper(), f"{local[0]}{inside}{text[1:]}"):
        assert contacts.email(spelled) == whole, ascii(spelled)


@pytest.mark.parametrize("text", ["anna", "anna@", "@example.com", "a b@example.com", "\u200b",
                                  "anna@example.com, ben@example.com", "a" * 600 + "@example.com",
                                  "anna@example.com\nben@example.com"])  # fmt: skip
def test_what_is_no_address(text: str) -> None:
    assert contacts.email(text) is None


class TestTrimmed:
    @settings(max_examples=examples(300))
    @given(UNSEEN, st.text(max_size=20), UNSEEN)
    def test_nothing_unseen_is_left_at_the_ends_and_nothing_else_is_taken(
        self, before: str, text: str, after: str
    ) -> None:
        whole = f"{before}{text}{after}"
        trimmed = typed.trimmed(whole)
        assert typed.trimmed(trimmed) == trimmed
        start = whole.index(trimmed)
        taken = whole[:start] + whole[start + len(trimmed) :]
        assert all(unicodedata.category(char) in typed.UNSEEN for char in taken)
        assert not trimmed or unicodedata.category(trimmed[0]) not in typed.UNSEEN

    @pytest.mark.parametrize(
        "name",
        ["می\u200cخواهم", "ക്\u200dഷ", "\U0001f469\u200d\U0001f373", "നാരായണന്\u200d",
         "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"],
    )  # fmt: skip
    def test_what_a_script_needs_stays(self, name: str) -> None:
        """Persian and Malayalam words, a family of signs, the flag of Scotland."""
        assert typed.trimmed(f"\u200b {name}\u2028\ufeff") == name
