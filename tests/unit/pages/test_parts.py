"""Colors, arrangement, QR codes, mails, the counter's set-up."""

import json
import re
from pathlib import Path

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from regulars.i18n import words
from regulars.pages.counter.screen.texts import setup
from regulars.render.colors import COUNTER, PAPER, contrast, palette
from regulars.render.layout import code_groups, columns, initial, share
from regulars.render.mail import mail
from regulars.render.qr import MASK, qr_svg
from tests.unit.pages.samples import MAIL, STAFF, tainted

ROOT = Path(__file__).resolve().parents[3]


@given(st.integers(0, 0xFFFFFF))
def test_any_color_ends_up_readable(value: int) -> None:
    found = palette(f"#{value:06x}")
    assert contrast(found["brand"], found["on"]) >= 4.5
    assert contrast(found["brand"], found["on-soft"]) >= 4.5
    assert contrast(found["mark"], PAPER) >= 4.5
    assert contrast(found["lamp"], found["on-lamp"]) >= 4.5
    assert contrast(found["lamp"], COUNTER) >= 1.5


def test_a_color_that_needs_no_correction_stays() -> None:
    assert palette("#7A3A1C")["brand"] == "#7a3a1c"


@pytest.mark.parametrize("color", ["", "red", "#fff", "#12345g", "url(x)", "#1234567"])
def test_what_is_no_color_gives_ours(color: str) -> None:
    assert palette(color) == palette("#7a3a1c")


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(("count", "expected"), [(1, 1), (5, 5), (6, 6), (7, 4), (9, 5), (10, 5)])
def test_stamps_stand_in_even_rows(count: int, expected: int) -> None:
    assert columns(count) == expected


@given(st.integers(1, 30))
def test_no_row_of_stamps_is_longer_than_six(count: int) -> None:
    assert 1 <= columns(count) <= 6


def test_a_bar_is_full_only_when_the_target_is_reached() -> None:
    assert [share(0, 9), share(999, 1000), share(9, 9), share(12, 9)] == [0, 99, 100, 100]


def test_codes_are_grouped_for_reading_aloud() -> None:
    grouped = [code_groups(code) for code in ("7F3KQ9", "PXQ7K2MD", "AB12CDE34F", "1234567")]
    assert grouped == ["7F3 KQ9", "PXQ7 K2MD", "AB12C DE34F", "1234 567"]


def test_initial_is_a_letter() -> None:
    assert [initial("«éva»"), initial("…")] == ["É", "·"]


def test_qr_path_draws_exactly_the_dark_modules() -> None:
    text = "https://example.test/s/7F3KQ9abcdeF"
    code = segno.make(text, error="h", micro=False, mask=MASK)
    svg = qr_svg(text)
    dark = set()
    for x, y, run in re.findall(r"M(\d+) (\d+)h(\d+)", svg):
        dark |= {(int(x) + step, int(y)) for step in range(int(run))}
    wanted = {(x, y) for y, row in enumerate(code.matrix) for x, bit in enumerate(row) if bit}
    assert dark == wanted
    assert f'viewBox="0 0 {len(code.matrix)} {len(code.matrix)}"' in svg


def test_qr_label_is_escaped() -> None:
    assert 'aria-label="&#34;&gt;&lt;b&gt;"' in qr_svg("x", '"><b>')


@pytest.mark.parametrize("lang", ["en", "hu", "pl", "kk"])
def test_mail_says_the_same_in_both_parts(lang: str) -> None:
    html, text = mail(MAIL, words(lang))
    for sentence in ("29 new members", "412", "23 stayed away", "Anna", "7 / 10", "A sentence."):
        assert sentence in html
        assert sentence in text
    for url in ("https://example.test/c/1", "https://example.test/u/abc"):
        assert f'href="{url}"' in html
        assert url in text
    assert "<table" not in html
    assert f'<html lang="{lang}">' in html


def test_mail_escapes_what_people_wrote() -> None:
    html, text = mail(tainted(MAIL, "<img src=x>"), words("en"))
    assert "<img" not in html
    assert "<img src=x>" in text


def test_mail_without_unsubscribing_has_no_such_link() -> None:
    html, text = mail(MAIL._replace(unsubscribe_url=None), words("en"))
    assert "/u/" not in html + text


def test_counter_knows_units_money_and_plurals() -> None:
    found = setup(STAFF, words("hu"))
    assert found["units"]["point"] == {"one": "pont", "other": "pont"}
    assert (found["currency"], found["exponent"], found["whole"]) == ("HUF", 2, True)
    assert found["words"]["visits"] == {"one": "{n} látogatás", "other": "{n} látogatás"}
    json.dumps(found)


def test_every_text_the_counter_asks_for_is_given() -> None:
    folder = ROOT / "shared/regulars/pages/counter/screen"
    scripts = "".join(path.read_text("utf-8") for path in (folder / "scripts").glob("*.js"))
    asked = set(re.findall(r"\bsay\.(\w+)", scripts))
    assert asked <= set(setup(STAFF, words("en"))["words"])
