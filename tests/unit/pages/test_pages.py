"""Every page in every language: whole, safe with hostile text, reachable for everybody."""

import base64
import gzip
import hashlib
import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from regulars.i18n import languages, words
from regulars.render.assets import asset
from tests.unit.pages.card_samples import CARD, LONG_NAME
from tests.unit.pages.samples import JOIN, PAGES, STAFF, headers, render, tainted

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    "</style></title></script><script>alert(1)</script>",
    "{{ 7 * 7 }}{% raw %}{name}{0}%(n)s",
    "javascript:alert(1)//",
    "<!-- <![CDATA[ ]]> -->",
    "a\u0000b\u2028c\u202ed",
    "&lt;b&gt; & &amp;",
)


class Outline(HTMLParser):
    """The elements of a page with the names of their attributes, and the text between."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, tuple[str, ...]]] = []
        self.attributes: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(name for name, _ in attrs)))
        self.attributes.append((tag, dict(attrs)))

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for found, attributes in self.attributes if found == tag]


HEBREW = "אבגד"
INLINE = {"a", "b", "bdi", "code", "em", "i", "s", "small", "span", "strong", "time", "u"}
FIGURE_BEHIND = re.compile(rf"{HEBREW}[\W_]*\d")
"""A browser shows such a figure before the name, unless the name is kept apart."""


class Lines(HTMLParser):
    """The texts of a page as lines, with what is kept apart in them left out."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.lines, self.inside = [""], [""]
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in INLINE:
            self.lines.append("")
        if tag in INLINE or tag in {"script", "style"}:
            self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.inside:
            del self.inside[len(self.inside) - 1 - self.inside[::-1].index(tag) :]
        if tag not in INLINE:
            self.lines.append("")

    def handle_data(self, data: str) -> None:
        if self.inside[-1] in {"script", "style"}:
            return
        apart = re.sub("\u2068[^\u2069]*\u2069", "\ufffc", data)
        self.lines[-1] += "\ufffc" if "bdi" in self.inside else apart


LANGUAGES = sorted(languages())


def require_one_heading(html: str, lang: str) -> None:
    """It says its language, and has one heading and one main part."""
    outline = Outline(html)
    assert outline.named("html") == [{"lang": lang}]
    assert len(outline.named("main")) == 1
    assert len(outline.named("h1")) == 1


def require_labels(html: str, lang: str) -> None:
    """Every field has a label, and ids are unique."""
    outline = Outline(html)
    ids = [attributes["id"] for _, attributes in outline.attributes if "id" in attributes]
    assert len(ids) == len(set(ids)), lang
    labelled = {attributes.get("for") for attributes in outline.named("label")}
    for field in outline.named("input") + outline.named("select"):
        if field.get("type") == "hidden":
            continue
        name_ = field.get("name", "")
        wrapped = re.search(rf'<label[^>]*>\s*[^<]*<input[^>]*name="{name_}"', html)
        assert field.get("id") in labelled or field.get("aria-label") or wrapped, (lang, field)
    for field in outline.named("input"):
        if "aria-describedby" in field:
            assert field["aria-describedby"] in ids, lang


def require_nothing_from_elsewhere(html: str, lang: str) -> None:
    """Nothing inline runs, and nothing is fetched from another place."""
    for tag, attributes in Outline(html).attributes:
        assert not [a for a in attributes if a.startswith("on") or a == "style"], (lang, tag)
        for link in ("src", "href", "action"):
            value = attributes.get(link) or ""
            if (tag, link) == ("a", "href") and value.startswith("https://"):
                continue  # nothing is fetched from there until a person follows it
            assert value == "" or value[0] in "/?#" or value.startswith("data:image/"), value
        if tag == "script":
            assert "src" in attributes or attributes.get("type") == "application/json"
    assert "http://" not in html.replace("http://www.w3.org/2000/svg", ""), lang


@pytest.mark.sampled(2)
@pytest.mark.parametrize("name", sorted(PAGES))
def test_it_is_whole_in_every_language(name: str) -> None:
    for lang in LANGUAGES:
        html = render(PAGES[name], words(lang)).html
        require_one_heading(html, lang)
        require_labels(html, lang)
        require_nothing_from_elsewhere(html, lang)


@pytest.mark.sampled(2)
@pytest.mark.parametrize("name", sorted(PAGES))
def test_hostile_text_never_becomes_markup(name: str) -> None:
    plain = Outline(render(tainted(PAGES[name], "Anna"), words("hu")).html)
    for text in HOSTILE:
        hostile = Outline(render(tainted(PAGES[name], text), words("hu")).html)
        assert hostile.elements == plain.elements, text


@pytest.mark.parametrize("name", sorted(PAGES))
def test_text_is_escaped_once(name: str) -> None:
    assert "&amp;amp;" not in render(tainted(PAGES[name], "Fish & chips"), words("en")).html


@pytest.mark.sampled(2)
@pytest.mark.parametrize("name", sorted(PAGES))
def test_no_figure_is_shown_before_a_name_from_right_to_left(name: str) -> None:
    for lang in LANGUAGES:
        lines = Lines(render(tainted(PAGES[name], HEBREW), words(lang)).html).lines
        assert [line for line in lines if FIGURE_BEHIND.search(line)] == [], lang


def test_such_a_figure_would_be_noticed() -> None:
    (line,) = filter(None, Lines(f"<p>{HEBREW}, <b>12</b> s</p>").lines)
    assert FIGURE_BEHIND.search(line)
    (line,) = filter(None, Lines(f"<p><bdi>{HEBREW}</bdi>, <b>12</b> s</p>").lines)
    assert not FIGURE_BEHIND.search(line)


@pytest.mark.parametrize("name", sorted(PAGES))
def test_policy_names_the_hash_of_the_style_that_is_there(name: str) -> None:
    page = render(PAGES[name], words("en"))
    styles = re.findall(r"<style>(.*?)</style>", page.html, re.DOTALL)
    hashes = [base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in styles]
    assert list(page.style_hashes) == [f"sha256-{digest}" for digest in hashes]
    assert len(styles) == 1
    assert f"style-src 'self' 'sha256-{hashes[0]}';" in headers(page)["content-security-policy"]


def test_policy_is_closed_except_for_what_is_ours() -> None:
    page = render(CARD, words("en"))
    assert headers(page)["content-security-policy"] == (
        "default-src 'none'; script-src 'self'; "
        f"style-src 'self' '{page.style_hashes[0]}'; img-src 'self' data:; connect-src 'self'; "
        "manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    )


def test_only_the_counter_may_use_the_camera() -> None:
    assert "camera=(self)" in headers(render(STAFF, words("en")))["permissions-policy"]
    assert "camera=()" in headers(render(CARD, words("en")))["permissions-policy"]


def test_pages_are_never_stored_and_never_leak_their_address() -> None:
    found = headers(render(CARD, words("en")))
    assert found["cache-control"] == "no-store"
    assert found["referrer-policy"] == "no-referrer"


def test_a_color_that_is_not_one_cannot_leave_the_style() -> None:
    brand = CARD.brand._replace(color="red;}</style><script>alert(1)</script>")
    html = render(CARD._replace(brand=brand), words("en")).html
    assert "alert(1)" not in html


def test_card_shows_the_promise_the_stamps_and_the_code() -> None:
    html = render(CARD, words("hu")).html
    assert "Még 3 látogatás, és\u00a0a\u00a0kávé a\u00a0ház ajándéka" in html
    assert 'aria-label="7 / 10 bélyeg"' in html
    assert html.count('<i class="on">') == 7
    assert "7F3K Q9AB" in html
    assert "42\u00a0000 / 50\u00a0000\u00a0Ft" in html
    assert "Legutóbb ma 8:42" in html


def test_a_voucher_says_its_last_day_not_the_midnight_after() -> None:
    midnight = datetime(2026, 12, 19, 23, 0, tzinfo=UTC)  # 20 December begins in Budapest
    voucher = CARD.vouchers[0]._replace(expires_at=midnight)
    html = render(CARD._replace(vouchers=(voucher,)), words("en")).html
    assert "Ready for you, until 19 Dec" in html


def test_reward_form_posts_what_the_contract_names() -> None:
    outline = Outline(render(CARD, words("en")).html)
    assert {"method": "post", "action": f"{CARD.path}/vouchers"} in outline.named("form")
    hidden = {(f["name"], f["value"]) for f in outline.named("input")}
    pastry, money = (("reward_id", one) for one in ("pastry", "money"))
    ended = ("device_id", "9bc2")
    assert hidden == {pastry, money, ended, ("once", "nonce123"), ("units", "180")}


def test_join_form_posts_what_the_contract_names() -> None:
    outline = Outline(render(JOIN, words("en")).html)
    fields = {f["name"] for f in outline.named("input") + outline.named("select")}
    assert fields == {
        "name",
        "email",
        "phone",
        "birthday",
        "consent_email",
        "consent_sms",
        "language",
        "source",
        "ref",
        "once",
        "left_blank",
    }
    boxes = [f for f in outline.named("input") if f.get("type") == "checkbox"]
    assert len(boxes) == 2
    assert not any("checked" in box for box in boxes)


def test_wrong_fields_say_so_beside_themselves() -> None:
    outline = Outline(render(PAGES["join-wrong"], words("en")).html)
    wrong = [f["name"] for f in outline.named("input") if f.get("aria-invalid") == "true"]
    assert wrong == ["name", "email", "phone", "birthday"]
    assert "open" in outline.named("details")[0]


def test_long_names_stay_whole() -> None:
    assert LONG_NAME in render(PAGES["card-long"], words("en")).html


@pytest.mark.parametrize(
    ("name", "scripts", "most"), [("card-honoured", ("card.js",), 40), ("join", (), 15)]
)
def test_pages_and_their_scripts_stay_small(name: str, scripts: tuple[str, ...], most: int) -> None:
    """In kilobytes, as they are transferred."""
    parts = [render(PAGES[name], words("kk")).html.encode()]
    parts += [asset(script).body for script in scripts]
    assert sum(len(gzip.compress(part, 6)) for part in parts) <= most * 1024
