"""Every poster is read from its own picture; what could not be read is refused with a remedy."""

from __future__ import annotations

import itertools
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any, cast

import pypdfium2
import pytest
import zxingcpp
from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw

from regulars.domain.refusals import RefusalCode, Refused
from regulars.i18n.words import languages
from regulars.posters import layouts, lettering, pdf, proof, svg
from regulars.posters.choices import FILLS, LAYOUTS, Choices, LayoutName, link_of, read
from regulars.posters.code import STYLES, Style, code_of, most_covered
from regulars.posters.content import Content, content_of
from regulars.posters.make import MEDIA_TYPES, Ending, make
from regulars.posters.shapes import texts
from regulars.program import templates
from regulars.program.check import check
from regulars.program.load import load
from regulars.program.shop import Shop
from regulars.render import colors

LINK = "https://loyal.example.com/j/corner-cafe?source=window-main-street"
LANGUAGES = tuple(languages())
ALL = list(itertools.product(LAYOUTS, LANGUAGES, STYLES))


def shop(template: str = "corner-cafe", **changes: Any) -> Shop:
    document = {**deepcopy(templates.template(template)), **changes}
    at = datetime(2026, 11, 24, 9, tzinfo=UTC)
    return Shop(cast(Any, None), "m", load(check(document), 1), at)


def made(choices: Choices, ending: Ending = "pdf", of: Shop | None = None) -> bytes:
    content = content_of(of or shop(), choices)
    return make(content, choices, LINK, ending).data


def refused(query: dict[str, str], ending: str = "pdf") -> dict[str, str]:
    with pytest.raises(Refused) as caught:
        made(read(query, ending, LANGUAGES))
    assert caught.value.code is RefusalCode.INVALID
    return dict(caught.value.errors)


class TestReading:
    @pytest.mark.parametrize(("layout", "language", "style"), ALL[:: len(LANGUAGES) * 4 + 1])
    def test_a_piece_is_read_from_its_own_picture(
        self, layout: LayoutName, language: str, style: Style
    ) -> None:
        made(Choices(layout, style, languages=(language,), logo=0))

    @pytest.mark.long
    @pytest.mark.parametrize("layout", LAYOUTS)
    def test_so_is_every_piece_in_every_style_fill_and_file(self, layout: LayoutName) -> None:
        """Languages take turns, each with every logo: the code is the same in all of them."""
        files = itertools.cycle(MEDIA_TYPES)
        looks = itertools.product(STYLES, FILLS, (None, 0))
        for number, (style, fill, logo) in enumerate(looks):
            language = LANGUAGES[(number + number // 4) % len(LANGUAGES)]
            made(Choices(layout, style, fill, languages=(language,), logo=logo), next(files))

    @pytest.mark.long
    @pytest.mark.parametrize("template", templates.names())
    def test_the_promise_of_every_template_fits_everywhere(self, template: str) -> None:
        for layout, language in itertools.product(LAYOUTS, LANGUAGES):
            made(Choices(layout, languages=(language,)), of=shop(template))

    def test_the_smallest_code_with_the_largest_logo_is_read(self) -> None:
        most = most_covered(code_of(LINK, "rounded", 0).across)
        made(Choices("code", "rounded", size_mm=20, logo=most), "png")

    @pytest.mark.parametrize("ending", MEDIA_TYPES)
    def test_another_reader_finds_the_link_in_the_file_itself(self, ending: Ending) -> None:
        data = made(Choices("a5"), ending)
        pictures = {"svg": proof.of_svg, "png": proof.of_png, "pdf": proof.of_pdf}
        (found,) = zxingcpp.read_barcodes(pictures[ending](data))
        assert found.text == LINK

    def test_a_code_that_is_covered_is_not_given_out(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The proof sees the picture, not the choices: here a bar lies over the code."""
        sheet = layouts.sheet(content_of(shop(), Choices("code")), Choices("code"), LINK)
        picture = proof.of_pdf(pdf.pdf(sheet))
        assert proof.reads(picture, sheet, LINK)
        assert not proof.reads(picture, sheet, LINK + "x")
        ImageDraw.Draw(picture).rectangle(
            (0, picture.height // 3, picture.width, picture.height * 2 // 3), "#000000"
        )
        assert not proof.reads(picture, sheet, LINK)
        monkeypatch.setattr(proof, "of_pdf", lambda data: picture)
        assert "size_mm" in refused({"layout": "code"})

    def test_every_code_of_a_sheet_must_be_read(self) -> None:
        choices = Choices("stickers")
        sheet = layouts.sheet(content_of(shop(), choices), choices, LINK)
        picture = proof.of_pdf(pdf.pdf(sheet))
        assert proof.reads(picture, sheet, LINK)
        ImageDraw.Draw(picture).rectangle((0, 0, picture.width // 2, picture.height // 3), "#fff")
        assert not proof.reads(picture, sheet, LINK)

    def test_the_same_choices_are_the_same_file(self) -> None:
        assert made(Choices("a5", logo=0)) == made(Choices("a5", logo=0))

    def test_the_code_says_the_address_and_its_source(self) -> None:
        assert link_of("https://a.example", "cafe", "") == "https://a.example/j/cafe"
        assert link_of("https://a.example", "cafe", "x1") == "https://a.example/j/cafe?source=x1"


class TestRefusing:
    def test_a_pale_color_with_the_nearest_that_can_be_read(self) -> None:
        wording = refused({"color": "d9a066"})["color"]
        assert "2.3 to 1" in wording
        nearest = wording.rpartition("use ")[2]
        assert colors.contrast(nearest, colors.WHITE) >= 3
        assert colors.contrast(nearest, colors.WHITE) < 3.3
        made(read({"color": nearest}, "pdf", LANGUAGES))

    @pytest.mark.parametrize(
        ("query", "path", "remedy"),
        [
            ({"size_mm": "19"}, "size_mm", "from 20"),
            ({"logo": "13"}, "logo", "use 12 or less"),
            ({"logo": "9"}, "logo", "use 4 or less"),
            ({"layout": "a5", "size_mm": "90"}, "size_mm", "at most 70"),
            ({"layout": "stickers", "size_mm": "34", "quiet": "8"}, "size_mm", "at most 29"),
            (
                {"layout": "receipt", "text": "Donaudampfschifffahrtsgesellschaft"},
                "text",
                "shorten",
            ),
            ({"text": "x" * 121}, "text", "may have 120"),
            (
                {"layout": "receipt", "frame": "Donaudampfschifffahrtsgesellschaften"},
                "frame",
                "sho",
            ),
            ({"text": "ok 🍩"}, "text", "🍩"),
            ({"text": "a\nb"}, "text", "one line"),
            ({"layout": "a3"}, "layout", "a4, a5"),
            ({"style": "dots"}, "style", "rounded"),
            ({"fill": "photo"}, "fill", "paper"),
            ({"color": "red"}, "color", "7a3a1c"),
            ({"lang": "xx"}, "lang", "hu"),
            ({"lang": "en,hu,pl"}, "lang", "one or two"),
            ({"bleed": "9"}, "bleed", "0 to 5"),
            ({"quiet": "2"}, "quiet", "from 4"),
            ({"source": "a b"}, "source", "letters"),
        ],
    )
    def test_says_where_and_what_to_do(self, query: dict[str, str], path: str, remedy: str) -> None:
        query = {"layout": "a5", **query} if "text" in query else query
        assert remedy in refused(query)[path]

    def test_names_every_mistake_at_once(self) -> None:
        assert set(refused({"color": "ffffff", "size_mm": "3", "logo": "50"})) == {
            "color", "size_mm", "logo",
        }  # fmt: skip


class TestDrawing:
    def test_the_fonts_hold_the_letters_of_all_languages(self) -> None:
        letters = "ÁÉÍÓÖŐÚÜŰáéíóöőúüűĄĆĘŁŃÓŚŹŻąćęłńóśźżӘҒҚҢӨҰҮҺІәғқңөұүһі₸€£–„”’«»"
        assert lettering.missing(letters) == ""
        for path in lettering.FILES.values():
            names = TTFont(path).getBestCmap()
            assert all(ord(letter) in names for letter in letters)
            assert TTFont(path)["OS/2"].fsType == 0, "may be embedded"

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_a_pdf_embeds_them_and_says_its_words(self, language: str) -> None:
        choices = Choices("a4", languages=(language,))
        page = pypdfium2.PdfDocument(made(choices))[0]
        wording = "".join(page.get_textpage().get_text_range().split())
        for text in content_of(shop(), choices).wording[0][1:]:
            assert "".join(text.split()) in wording
        assert b"FontFile2" in made(choices)

    def test_sizes_are_those_of_the_printed_sheet(self) -> None:
        for name, (wide, high) in {"a4": (210, 297), "a5": (148, 210), "tent": (100, 260)}.items():
            page = pypdfium2.PdfDocument(made(Choices(cast(LayoutName, name))))[0]
            assert [round(side / 72 * 25.4, 1) for side in page.get_size()] == [wide, high]
        assert b'width="148mm" height="210mm"' in made(Choices("a5"), "svg")

    def test_bleed_goes_beyond_the_cut_and_marks_beyond_the_bleed(self) -> None:
        page = pypdfium2.PdfDocument(made(Choices("a5", bleed=3)))[0]
        trim, bleed = page.get_trimbox(), page.get_bleedbox()
        assert [round((a - b) / 72 * 25.4) for a, b in zip(trim, bleed, strict=True)] == [
            3, 3, -3, -3,
        ]  # fmt: skip
        picture = proof.of_pdf(made(Choices("a5", bleed=3)))
        dots = proof.DPI / 25.4
        ground = colors.palette("#1d1b16")["brand"]

        def at(x: float, y: float) -> str:
            pixel = cast(tuple[int, ...], picture.getpixel((round(x * dots), round(y * dots))))
            return "#" + "".join(f"{part:02x}" for part in pixel)

        assert at(7.5, 100) == ground, "within the bleed"
        assert at(6.5, 100) == "#ffffff", "beyond it"
        assert at(3, 10) != "#ffffff", "a crop mark"

    @pytest.mark.parametrize("layout", [name for name in LAYOUTS if name != "code"])
    def test_no_word_is_near_the_cut(self, layout: LayoutName) -> None:
        choices = Choices(layout)
        sheet = layouts.sheet(content_of(shop(), choices), choices, LINK)
        near = 3 if layout == "receipt" else 5
        for text in texts(sheet.parts):
            wide = lettering.width(text.text, text.size, text.weight, text.spacing)
            assert text.x >= (near if not text.turn else 0)
            assert text.x + wide <= sheet.width - near + 0.1 or text.turn
            assert text.y <= sheet.height - near

    def test_a_receipt_is_black_alone(self) -> None:
        picture = proof.of_pdf(made(Choices("receipt", color="#7a3a1c")))
        colored = picture.convert("HSV").getchannel("S").getextrema()[1]
        assert colored == 0

    def test_a_tent_says_a_language_on_each_side(self) -> None:
        content = content_of(shop(), Choices("tent", languages=("hu", "kk")))
        sheet = layouts.sheet(content, Choices("tent"), LINK)
        written = " ".join(text.text for text in texts(sheet.parts))
        assert "kamerá" in written
        assert "Камера" in written

    def test_a_long_name_is_cut_and_one_without_letters_left_out(self) -> None:
        long = shop(name="A" * 60)
        choices = Choices("a5", languages=("en",))
        sheet = layouts.sheet(content_of(long, choices), choices, LINK)
        assert any(text.text.endswith("…") for text in texts(sheet.parts))
        assert content_of(shop(name="مقهى الزاوية"), choices).name == ""
        made(choices, of=shop(name="مقهى الزاوية"))

    def test_markup_in_a_text_stays_text(self) -> None:
        evil = '"><script>alert(1)</script>'
        data = svg.svg(layouts.sheet(Content(evil, content_of(shop(), Choices("a5")).wording, 3),
                                     Choices("a5"), LINK))  # fmt: skip
        assert b"<script" not in data

    def test_a_svg_loads_nothing(self) -> None:
        data = made(Choices("a4", logo=0), "svg").decode()
        assert "http" not in data.replace("http://www.w3.org/2000/svg", "")
        assert "<text" not in data, "letters are outlines: no font is needed"

    def test_a_logo_of_pixels_is_in_all_files(self) -> None:
        import io

        out = io.BytesIO()
        Image.new("RGB", (64, 64), "#00aa00").save(out, "PNG")
        choices = Choices("a5", logo=0)
        content = content_of(shop(), choices, out.getvalue())
        for ending in MEDIA_TYPES:
            data = make(content, choices, LINK, ending).data
            picture = {"svg": proof.of_svg, "png": proof.of_png, "pdf": proof.of_pdf}[ending](data)
            shades = picture.getcolors(1 << 24) or []
            green = sum(many for many, shade in shades if shade == (0, 170, 0))
            assert green > 500, ending
