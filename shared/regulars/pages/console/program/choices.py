"""The words of everything that is chosen in the editor: by field, and for all fields alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from regulars.i18n.words import Words
from regulars.pages.console.program.kinds import WINDOWS, Kind

T = Callable[[str], str]
Worded = Mapping[str, str]


def worded(model: str, kind: Kind, words: Words) -> dict[str, str]:
    """What can be chosen in a field, with its words."""
    t = words.t
    if kind.choices == WINDOWS:
        return _windows(words)
    if kind.sort == "flag":
        return dict(zip(("1", ""), _flags(t)[f"{model}.{kind.name}"], strict=True))
    if kind.sort == "month":
        return {str(place): name for place, (_, name) in enumerate(words.months(), 1)}
    known = {**_plain(t), **_of_a_field(t).get(f"{model}.{kind.name}", {})}
    if kind.name in {"weekdays", "days"}:
        known = {**known, **weekdays(words)}
    return {one: known[one] for one in kind.choices}


def weekdays(words: Words) -> dict[str, str]:
    """The days of the week by the names of documents."""
    names = words._form.weekdays
    return dict(zip(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), names, strict=True))


def _windows(words: Words) -> dict[str, str]:
    t = words.t
    plain = {
        "month": t("a calendar month"), "quarter": t("a quarter"), "year": t("a calendar year"),
        "lifetime": t("all the time"),
    }  # fmt: skip
    rolling = {
        one: words.n("the last {n} month", "the last {n} months", int(one.partition(":")[2]))
        for one in WINDOWS
        if one not in plain
    }
    return plain | rolling


def _flags(t: T) -> Mapping[str, tuple[str, str]]:
    counts = (t("counts"), t("does not count"))
    return {
        "Reward.auto": (t("by itself, as soon as there is enough"), t("when the member asks")),
        "Milestone.repeat": (t("again and again"), t("once")),
        "Milestone.badge": (t("shown on the card"), t("not shown on the card")),
        "Counts.zero_sale": (t("is a visit"), t("is no visit")),
        **{f"Counts.{one}": counts for one in ("tip", "delivery", "gift_card_sold", "tax_inside")},
    }


def _plain(t: T) -> Worded:
    return {
        "day": t("a day"), "week": t("every week"), "month": t("a month"),
        "quarter": t("every quarter"), "year": t("a year"), "lifetime": t("in all"),
        "birthday": t("a birthday"), "anniversary": t("each year as a member"),
        "join": t("joining"), "visit": t("a visit"), "spend": t("money spent"),
        "item": t("pieces sold"), "action": t("something that members do"),
        "visits": t("visits"), "points": t("points"), "stamps": t("stamps"),
        "referrals": t("friends"), "weeks": t("weeks in a row"), "months": t("months in a row"),
        "membership": t("a membership"), "invitation": t("an invitation"),
        "purchase": t("a purchase"), "new": t("new"), "returning": t("returning"),
        "loyal": t("loyal"), "at_risk": t("at risk"), "lapsed": t("lapsed"),
        "cup": t("a cup"), "scissors": t("scissors"), "plate": t("a plate"), "book": t("a book"),
        "bread": t("bread"), "drop": t("a drop"), "paw": t("a paw"), "gift": t("a gift"),
        "staff": t("staff at the counter"), "rule": t("a draw"), "key": t("your own systems"),
        "owner": t("you"), "code": t("a code at the door"), "self": t("the member alone"),
        "02-28": t("28 February"), "03-01": t("1 March"),
    }  # fmt: skip


def _of_a_field(t: T) -> Mapping[str, Worded]:
    return {
        "Reward.kind": {
            "item": t("something to have"), "percent": t("a percentage off"),
            "amount": t("a sum off"), "credit": t("units as money off"), "perk": t("a perk"),
            "experience": t("an experience"),
        },
        "Reward.when_unused": {
            "returns": t("the units come back"), "once": t("the units come back once"),
            "ends": t("the units are gone"),
        },
        "Expiry.type": {
            "never": t("never"), "months": t("some months after they were given"),
            "inactivity": t("after some months without a visit"),
            "date": t("on one day of every year"),
        },
        "Keep.for": {
            "period": t("the rest of the period"), "next_period": t("the period after it, too"),
            "months": t("some months"), "ever": t("ever"),
        },
        "Benefit.every": {
            "month": t("every month"), "year": t("every year"), "birthday": t("on the birthday"),
            "anniversary": t("on the day of joining"),
        },
        "Entry.period": {"month": t("month"), "year": t("year")},
        "Leaderboard.window": {"month": t("month"), "quarter": t("quarter"), "year": t("year")},
        "Refunds.policy": {"debt": t("is owed"), "waive": t("is let go")},
        "Refunds.tier": {"take": t("is taken back"), "keep": t("is kept")},
        "Refunds.voucher": {"return": t("is given back"), "keep": t("stays redeemed")},
    }  # fmt: skip
