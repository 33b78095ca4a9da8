"""Choosing a language, texts of programmes, names of units, reasons in words."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.domain.reasons import ReasonKind
from regulars.i18n import language, languages, words
from regulars.i18n.explain import explain
from regulars.i18n.of_others import SENTENCES, of_others

POINT = {
    "en": {"one": "point", "other": "points"},
    "hu": {"one": "pont", "other": "pont"},
    "pl": {"one": "punkt", "few": "punkty", "many": "punktów", "other": "punktu"},
    "kk": {"one": "ұпай", "other": "ұпай"},
}
NUMBERS = (0, 1, 2, 5, 12, 22, 25)
PRODUCT = Path(__file__).parents[3] / "shared" / "regulars"


@pytest.mark.parametrize(
    ("wanted", "offered", "expected"),
    [
        ("hu", ["en", "hu"], "hu"),
        ("hu-HU,hu;q=0.9,en;q=0.8", ["en", "hu"], "hu"),
        ("de-AT, en;q=0.4, hu;q=0.7", ["en", "hu"], "hu"),
        ("de", ["hu", "en"], "hu"),
        ("", ["hu", "en"], "hu"),
        ("en-GB", ["hu", "en"], "en"),
        ("*", ["hu", "en"], "hu"),
        ("hu;q=0, en;q=0.1", ["hu", "en"], "en"),
        ("HU_hu", ["en", "hu"], "hu"),
        ("pt", ["en", "pt-BR"], "pt-BR"),
        ("en", [], "en"),
        ("hu;q=abc, en", ["hu", "en"], "en"),
    ],
)
def test_language(wanted: str, offered: list[str], expected: str) -> None:
    assert language(wanted, offered) == expected


@given(st.text(max_size=300))
def test_any_header_gives_an_offered_language(header: str) -> None:
    assert language(header, ["hu", "en"]) in ("hu", "en")


def test_a_language_without_catalogue_speaks_english_but_picks_its_own_texts() -> None:
    other = words("de")
    assert other.t("Show") == "Show"
    assert other.pick({"en": "Coffee", "de": "Kaffee"}) == "Kaffee"
    assert words("../../etc").t("Show") == "Show"


def test_languages_are_those_with_words() -> None:
    assert languages() == {"en": "English", "hu": "Magyar", "pl": "Polski", "kk": "Қазақ тілі"}


def test_pick_falls_back_on_english_and_then_on_anything() -> None:
    hu = words("hu")
    assert hu.pick("as it is") == "as it is"
    assert hu.pick({"en": "a", "hu": "b"}) == "b"
    assert hu.pick({"en": "a", "pl": "c"}) == "a"
    assert hu.pick({"pl": "c"}) == "c"
    assert hu.pick({}) == hu.pick(None) == ""


def test_units_follow_the_plural_of_their_language() -> None:
    assert [words("pl").unit(POINT, n) for n in (1, 2, 5, 22)] == [
        "punkt",
        "punkty",
        "punktów",
        "punkty",
    ]
    assert words("en").amount(POINT, 1) == "1\u00a0point"
    assert words("en").unit(POINT, -1) == "point"
    assert words("kk").unit(POINT, 2) == "ұпай"
    assert words("de").unit(POINT, 2) == "points"
    assert words("en").unit({"hu": {"other": "pont"}}, 3) == "pont"


def test_plural_texts() -> None:
    assert words("en").n("{n} visit", "{n} visits", 1) == "1 visit"
    assert words("en").n("{n} visit", "{n} visits", 1200) == "1,200 visits"
    assert words("hu").n("{n} visit", "{n} visits", 3) == "3 látogatás"


@pytest.mark.parametrize(
    ("singular", "plural", "sentence"),
    [
        ("{n} visit", "{n} visits", "{n} wizyt|{n} wizyta|{n} wizyty|{n} wizyt"),
        ("{n} day ago", "{n} days ago", "{n} dni temu|{n} dzień temu|{n} dni temu|{n} dni temu"),
        (
            "only {n} visit a day counts",
            "only {n} visits a day count",
            "dziennie liczy się tylko {n} wizyt|dziennie liczy się tylko {n} wizyta|"
            "dziennie liczą się tylko {n} wizyty|dziennie liczy się tylko {n} wizyt",
        ),
        (
            "{n} unlocked reward was not picked up yet.",
            "{n} unlocked rewards were not picked up yet.",
            "{n} odblokowanych nagród czeka na odbiór.|{n} odblokowana nagroda czeka na odbiór.|"
            "{n} odblokowane nagrody czekają na odbiór.|{n} odblokowanych nagród czeka na odbiór.",
        ),
    ],
)
def test_polish_counts_as_poles_do(singular: str, plural: str, sentence: str) -> None:
    """The forms for 0, 1, 2 and 5; 22 goes like 2, and 12 and 25 like 5."""
    none, one, few, many = sentence.split("|")
    wanted = [none, one, few, many, many, few, many]
    given = [words("pl").n(singular, plural, n) for n in NUMBERS]
    assert given == [text.format(n=n) for text, n in zip(wanted, NUMBERS, strict=True)]


def test_the_way_to_a_reward_in_polish() -> None:
    """A name stands in the nominative everywhere, so that any unit fits the sentence."""
    pl = words("pl")
    sentence = [
        pl.t("{n} more {unit} and it is yours: {reward}", n=n, unit=pl.unit(POINT, n), reward="x")
        for n in NUMBERS
    ]
    names = ["punktów", "punkt", "punkty", "punktów", "punktów", "punkty", "punktów"]
    assert sentence == [
        f"Jeszcze {n} {name} i nagroda jest twoja: x"
        for n, name in zip(NUMBERS, names, strict=True)
    ]


@pytest.mark.parametrize("n", NUMBERS)
def test_kazakh_nouns_stay_as_they_are_behind_a_number(n: int) -> None:
    assert words("kk").n("{n} visit", "{n} visits", n) == f"{n} келу"
    assert words("kk").amount(POINT, n) == f"{n}\u00a0ұпай"


def say(why: dict[str, Any], amount: int, lang: str = "en") -> str:
    rewards = {"coffee": {"en": "Coffee", "hu": "Kávé"}}
    text = explain(why, words(lang), amount=amount, unit=POINT, currency="HUF", rewards=rewards)
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("why", "amount", "expected"),
    [
        ({"k": "join"}, 1, "for joining"),
        ({"k": "visit", "n": 1}, 1, "for your visit"),
        ({"k": "visit", "n": 3}, 3, "for 3 visits"),
        ({"k": "spend", "spent": 84000, "amount": 1, "per": 10000}, 8, "8 points for 840 Ft"),
        (
            {"k": "spend", "spent": 84000, "base": 8, "x": 1500},
            12,
            "8 points for 840 Ft + 4 extra (×1.5)",
        ),
        (
            {"k": "spend", "spent": 97000, "left": 7000},
            9,
            "9 points for 970 Ft; 70 Ft carried to the next",
        ),
        (
            {"k": "spend", "spent": 95000, "carried": 7000, "left": 2000},
            10,
            "10 points for 950 Ft and 70 Ft from before; 20 Ft carried to the next",
        ),
        ({"k": "item", "n": 1, "cat": "main"}, 1, "1 point for 1 item"),
        ({"k": "reward", "r": "coffee", "v": "x"}, -10, "for a reward: Coffee"),
        ({"k": "returned", "r": "coffee"}, 10, "given back: Coffee"),
        ({"k": "refund", "of": 3}, -8, "a purchase was refunded"),
        ({"k": "expired"}, -8, "expired"),
        ({"k": "adjust", "text": "spilled"}, 1, "spilled"),
        ({"k": "cooldown", "minutes": 5}, 0, "stamped a moment ago; the next one in 5 minutes"),
        ({"k": "cap_day", "n": 1}, 0, "only 1 visit a day counts"),
        ({"k": "min_spend", "min": 50000}, 0, "from 500 Ft up"),
        ({"k": "of a later version"}, 1, ""),
        ({}, 1, ""),
    ],
)
def test_reasons(why: dict[str, Any], amount: int, expected: str) -> None:
    assert say(why, amount) == expected


@pytest.mark.parametrize("kind", ReasonKind)
@pytest.mark.parametrize("known", [True, False], ids=["named", "unnamed"])
def test_who_reads_about_others_is_not_spoken_to(kind: ReasonKind, known: bool) -> None:
    """An owner who reads "your birthday" looks for a birthday of their own."""
    figures = {"n": 1, "spent": 84000, "min": 100, "minutes": 5, "rest": 100}
    why: dict[str, Any] = {"k": kind.value, "r": "coffee", **figures}
    for one in (why, {**why, "text": "referral"}):
        sentence = explain(
            one, of_others("en"), amount=1, unit=POINT, currency="HUF",
            rewards={"coffee": "Coffee"} if known else None, rule="Review" if known else None,
        )  # fmt: skip
        assert not re.search(r"\b(?:you|your|yours|us)\b", sentence), sentence


def test_every_sentence_that_others_read_otherwise_is_still_used() -> None:
    catalogue = (PRODUCT / "i18n" / "hu" / "LC_MESSAGES" / "regulars.po").read_text("utf-8")
    assert [one for one in SENTENCES if f'msgid "{one}"\n' not in catalogue] == []


def test_reasons_in_hungarian() -> None:
    why = {"k": "spend", "spent": 84000, "base": 8, "x": 1500, "left": 7000}
    assert say(why, 12, "hu") == "8 pont 840 Ft után + 4 ráadás (×1,5); 70 Ft átvíve a következőre"


def test_reasons_in_polish_and_kazakh() -> None:
    why = {"k": "spend", "spent": 84000, "base": 8, "x": 1500, "left": 7000}
    polish = "8 punktów za 840 Ft + 4 ekstra (×1,5); 70 Ft przechodzi na następny raz"
    assert say(why, 12, "pl") == polish
    assert say(why, 12, "kk") == "840 Ft үшін 8 ұпай + 4 қосымша (×1,5); 70 Ft келесіге өтті"


def test_nobody_joins_a_figure_and_its_unit_by_hand() -> None:
    """`change` and `amount` keep the unit apart; joined by hand it is not."""
    sources = (path for kind in ("*.py", "*.html") for path in PRODUCT.rglob(kind))
    joined = re.compile(r"\b(?:signed|number)\([^)]*\) ?\}+[ \u00a0]*\{+ ?(?:\w+\.)?unit\(")
    found = [
        f"{path.relative_to(PRODUCT)}:{number}"
        for path in sources
        if "compiled" not in path.parts
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if joined.search(line)
    ]
    assert found == []
    assert joined.search('f"{words.signed(n)} {words.unit(unit, n)}"')


def test_what_runs_from_right_to_left_is_kept_apart_in_sentences() -> None:
    """Else a browser or a mail program shows the figure behind it first."""
    english = words("en")
    names = {"en": {"one": "בול", "other": "בולים"}}
    assert english.t("{name}, {n} s", name="שרה", n=12) == "\u2068שרה\u2069, 12 s"
    assert english.n("{name}: {n} visit", "{name}: {n} visits", 2, name="علي") == (
        "\u2068علي\u2069: 2 visits"
    )
    assert english.amount(names, 2) == "2\u00a0\u2068בולים\u2069"
    assert english.change(names, 1) == "+1 \u2068בול\u2069"
    for name in ("Éva", "Әлия", "12", "\u2068שרה\u2069"):
        assert english.t("{name}!", name=name) == f"{name}!"
