"""What a guest reads first, of each template: the reward, and the picture of the card."""

from __future__ import annotations

import re
from html import unescape

import pytest

from regulars.i18n.words import words
from regulars.program import templates
from tests.service import Service

LANGUAGES = ("en", "hu", "pl", "kk")

PLACES = {
    "bakery": 5, "car-wash": 5, "corner-cafe": 10, "dog-groomer": 4, "supper-club": 10,
    "vip-collective": 5,
}  # fmt: skip
"""How many places the picture of the card has; the others count points."""

MARKS = {"supper-club": ("fork", "gift"), "corner-cafe": ("bean", "cup")}
"""What is drawn on full places, and on the last one."""


def first_screen(html: str) -> str:
    """The headline and what stands below it, in plain text."""
    hero = html.partition('<section class="hero">')[2].partition("<button")[0]
    lines = re.findall(r'<h1>.*?</h1>|<p class="lead">.*?</p>', hero, re.S)
    return plain(" ".join(re.sub(r"<[^>]+>", "", one) for one in lines))


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", unescape(text)).strip()


@pytest.mark.parametrize("name", templates.names())
def test_the_first_screen_says_the_reward_and_shows_the_whole_card(
    service: Service, name: str
) -> None:
    shop = service.new_merchant(name, languages=[*LANGUAGES])
    program = shop.call("GET", "/v1/program").json["program"]
    reward = next(one for one in program["rewards"] if one.get("cost"))
    for lang in LANGUAGES:
        page = service.request("GET", f"/j/{shop.created['slug']}", query={"lang": lang}).text
        lines, t = first_screen(page), words(lang)
        have = page.count('<i class="on')
        promise = reward.get("promise")
        if have and promise:
            missing = reward["cost"]["amount"] - have
            wanted = t.unit(promise, missing).replace("{n}", t.number(missing))
        else:
            wanted = t.pick(reward["name"])
            assert have or t.pick(reward.get("headline", "")) in lines, (lang, lines)
        assert plain(wanted) in lines, (lang, lines)
        assert page.count("<i class=") == PLACES.get(name, 0), lang
        assert (' plates"' in page) == (name == "supper-club")
        for mark in MARKS.get(name, ()):
            assert f'id="{mark}"' in page


def test_own_words_and_none(service: Service) -> None:
    """A programme without a headline has ours."""
    shop = service.new_merchant("supper-club", languages=["en"])
    path = f"/j/{shop.created['slug']}"
    assert "<h1>Ten mains, one on the house</h1>" in plain_spaces(service.request("GET", path).text)
    program = shop.call("GET", "/v1/program").json["program"]
    for reward in program["rewards"]:
        reward.pop("headline", None)
    assert shop.call("PUT", "/v1/program", program, headers={"if-match": "*"}).status == 200
    page = plain_spaces(service.request("GET", path).text)
    assert "<h1>Your card is waiting</h1>" in page


def test_words_that_count_visits_are_not_said_where_a_visit_gives_two(service: Service) -> None:
    """The owner's first change of a rule must not make cards, counters and posters say what is not
    so: "3 more visits" where two are enough."""
    shop = service.new_merchant("corner-cafe", languages=["en"])
    path, card = f"/j/{shop.created['slug']}", shop.join(name="Anna")
    own = card["card_url"].removeprefix("https://cards.example")
    look = {"look": "1"}
    assert "9 more visits" in plain_spaces(service.request("GET", own, query=look).text)
    program = shop.call("GET", "/v1/program").json["program"]
    next(rule for rule in program["earn"] if rule["on"] == "visit")["amount"] = 2
    assert shop.call("PUT", "/v1/program", program, headers={"if-match": "*"}).status == 200
    for page in (service.request("GET", path), service.request("GET", own, query=look)):
        text = plain_spaces(page.text)
        assert "more visits" not in text
        assert "Ten visits" not in text
        assert re.search("(9 more|10) stamps", text), text


def plain_spaces(text: str) -> str:
    return text.replace("\u00a0", " ").replace("&nbsp;", " ")
