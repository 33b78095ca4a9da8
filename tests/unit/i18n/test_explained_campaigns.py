"""A campaign or milestone is named where it made a difference."""

from __future__ import annotations

from regulars.i18n.explain import explain
from regulars.i18n.words import Text, words

POINTS = {"en": {"one": "point", "other": "points"}}
NAMES: dict[str, Text] = {
    "tuesday": {"en": "Quiet Tuesday", "hu": "Csendes kedd"},
    "fifty": "Fifty visits",
}


def sentence(why: dict[str, object], amount: int) -> str:
    return explain(
        why, words("en"), amount=amount, unit=POINTS, currency="EUR", names=NAMES
    )  # fmt: skip


def test_a_multiplier_is_told_with_its_factor_and_its_campaign() -> None:
    """Eight points for 8.40, and half as many again because it is Tuesday."""
    why = {
        "k": "spend", "spent": 840, "amount": 1, "per": 100, "base": 8, "c": "tuesday", "cx": 1500,
    }  # fmt: skip

    text = sentence(why, 12).replace("\xa0", " ")

    assert text == "8 points for €8.40 + 4 extra (×1.5 · Quiet Tuesday)"


def test_tier_and_campaign_multiply() -> None:
    """1.5 times for the tier, 2 times for the campaign."""
    why = {"k": "visit", "n": 1, "base": 10, "x": 1500, "c": "tuesday", "cx": 2000}

    assert "+ 20 extra (×3 · Quiet Tuesday)" in sentence(why, 30)


def test_what_partly_pays_debt_is_told_as_one() -> None:
    """Twenty points, four of them against what was owed: both lines give the whole reason."""
    why = {"k": "spend", "spent": 1000, "amount": 1, "per": 100, "base": 10, "x": 2000}

    texts = {sentence(why, amount).replace("\xa0", " ") for amount in (4, 16)}

    assert texts == {"10 points for €10.00 + 10 extra (×2)"}


def test_a_bonus_and_a_milestone_go_by_their_names() -> None:
    assert sentence({"k": "campaign", "c": "tuesday"}, 5) == "Quiet Tuesday"
    assert sentence({"k": "milestone", "m": "fifty", "n": 1}, 5) == "Fifty visits"
    assert sentence({"k": "campaign", "c": "forgotten"}, 5) == "a campaign"
