"""The parts of the editor: which sections of the document stand on one page, and their words."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

T = Callable[[str], str]
ABOVE = "/console/programme"


class EditorPart(NamedTuple):
    """One page of the editor."""

    slug: str
    label: str
    hint: str
    fields: tuple[str, ...]
    elsewhere: tuple[str, str] | None = None
    """(label, path) of the page on which its rows are added and named."""

    @property
    def path(self) -> str:
        return f"{ABOVE}/{self.slug}"


def every(t: T) -> tuple[EditorPart, ...]:
    """All parts in their order."""
    return (
        EditorPart(
            "earning",
            t("Earning"),
            t("What a guest gets for a sale. All rules that fit count together."),
            ("earn",),
        ),
        EditorPart(
            "rewards",
            t("Rewards"),
            t("What members can have, and for how much. Without a price it is a gift."),
            ("rewards",),
        ),
        EditorPart(
            "tiers",
            t("Tiers"),
            t("Levels of membership, from the lowest to the highest."),
            ("tiers",),
        ),
        EditorPart("campaigns", t("Campaigns"), t("What earns more for a time."), ("campaigns",)),
        EditorPart(
            "milestones",
            t("Milestones"),
            t("What is rewarded when it is reached."),
            ("milestones",),
        ),
        EditorPart(
            "games",
            t("Raffles, leaderboards"),
            t("Draws among tickets, and who came most."),
            ("raffles", "leaderboards"),
        ),
        EditorPart(
            "referrals", t("Referrals"), t("What bringing a friend is worth."), ("referral",)
        ),
        EditorPart(
            "surprises",
            t("Surprises"),
            t("Gifts that nobody expects, within a budget."),
            ("surprises",),
        ),
        EditorPart(
            "units",
            t("Stamps and points"),
            t("What members collect, and how long it lasts."),
            ("units",),
        ),
        EditorPart(
            "limits",
            t("Limits"),
            t("How often visits count, and what staff may book by hand."),
            ("limits", "display", "join"),
        ),
        EditorPart(
            "refunds",
            t("Refunds"),
            t("What a refund takes back, and which money counts."),
            ("refunds", "counts"),
        ),
        EditorPart(
            "absence",
            t("Guests who stay away"),
            t("From when on they are at risk, and when they are written to."),
            ("segments", "messages"),
        ),
        EditorPart(
            "locations",
            t("Locations"),
            t("What a location limits otherwise. Its name and hours have their own page."),
            ("locations",),
            # Places and hours are facts that do not wait: their page publishes them at once.
            (t("Locations, hours"), "/console/locations"),
        ),
        EditorPart(
            "names",
            t("Names, words, looks"),
            t("How the shop is called, what it speaks, how it looks."),
            ("shop",),
        ),
    )


def find(t: T, slug: str) -> EditorPart | None:
    """A part by the name in its address."""
    return next((one for one in every(t) if one.slug == slug), None)


def of_field(t: T, field: str) -> EditorPart:
    """The part on whose page a field of the document is."""
    return next(one for one in every(t) if field in one.fields)
