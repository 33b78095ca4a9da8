"""What a poster says: the shop's promise in its languages, and how to get a card."""

from __future__ import annotations

from typing import NamedTuple

from regulars.domain.program import Program
from regulars.i18n.words import Words
from regulars.i18n.words import words as words_of
from regulars.posters import lettering
from regulars.posters.choices import Choices, refused
from regulars.program.shop import Shop
from regulars.views import customer
from regulars.views.customer import GoalPanel

STAMPS_MAX = 20
"""Up to how many places of a card are drawn."""

NAME_MAX = 60


class Wording(NamedTuple):
    """What stands there in one language: the promise, what to do, and a line below that."""

    language: str
    promise: str
    call: str
    below: str


class Content(NamedTuple):
    """What stands on a poster. `name` is empty when the font has no letters for it; `places` are
    those of the card (0 for none), `logo` a PNG, or None for the first letter of the name."""

    name: str
    wording: tuple[Wording, ...]
    places: int
    logo: bytes | None = None

    @property
    def initial(self) -> str:
        """What stands in the place of a logo: a letter, or a dot."""
        return self.name[:1].upper() or "•"


def content_of(shop: Shop, choices: Choices, logo: bytes | None = None) -> Content:
    """Return what a poster of a shop says; raises INVALID for letters that cannot be printed."""
    program = shop.program
    goal = customer.first_goal(shop)
    asked = choices.languages or program.languages[:2]
    wording = tuple(_wording(goal, program, words_of(language)) for language in asked)
    printed = tuple(one for one in wording if not lettering.missing(" ".join(one[1:])))
    if not printed and not choices.text:
        raise refused(("lang", "has letters the fonts of print do not hold; they hold Latin, "
                       "Greek and Cyrillic ones: choose another language"))  # fmt: skip
    wording = printed or (_wording(goal, program, words_of("en")),)
    for name, text in (("text", choices.text), ("frame", choices.frame)):
        if letters := lettering.missing(text):
            raise refused((name, f"has letters the fonts of print do not hold: {letters[:20]}; "
                           "leave them out"))  # fmt: skip
    if choices.text:
        wording = tuple(one._replace(promise=choices.text) for one in wording[:1])
    if choices.frame:
        wording = tuple(one._replace(call=choices.frame) for one in wording)
    name = program.name if not lettering.missing(program.name) else ""
    places = goal.need if goal and goal.kind == "stamps" and goal.need <= STAMPS_MAX else 0
    return Content(name, wording, places, logo)


def _wording(goal: GoalPanel | None, program: Program, words: Words) -> Wording:
    return Wording(
        words.lang,
        _promise(goal, program, words),
        words.t("Scan with your camera"),
        words.t("Your card is there at once. No app, no password."),
    )


def _promise(goal: GoalPanel | None, program: Program, words: Words) -> str:
    """The promise in print: for who has nothing yet."""
    if goal is None:
        return words.t("A card for our regulars")
    return customer.promise_in_print(goal, words)
