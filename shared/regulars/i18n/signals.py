"""Why a signal of fraud is one, in words: its kind and its figures as a sentence.

The kinds and their figures are those of `domain/signals.py`.
"""

from __future__ import annotations

from collections.abc import Mapping

from regulars.i18n.words import Words


def why(kind: str, figures: Mapping[str, int], words: Words) -> str:
    """Say what was counted; a kind that this version does not know, in general."""
    n = int(figures.get("n", 0))
    if kind in _FAST:
        return _fast(kind, n, words)
    match kind:
        case "card_velocity":
            return words.t("One card was booked by hand {n} times in a day.", n=n)
        case "one_card":
            return words.t(
                "One person booked {n} times on one card in a week; on others as a rule {usual}.",
                n=n,
                usual=figures.get("usual", 0),
            )
        case "same_person":
            return words.t(
                "One person made all {n} bookings on one card; of 100 bookings at those times"
                " others made {others}.",
                n=n,
                others=figures.get("others", 0),
            )
        case "unverified":
            return words.t(
                "{n} of {all} rewards were redeemed for guests whose card nobody scanned.",
                n=n,
                all=figures.get("all", n),
            )
        case "redeemed_alone":
            return words.t("{n} rewards were redeemed without a sale or visit within an hour.", n=n)
        case "off_hours":
            return words.n(
                "{n} booking by hand outside the opening hours.",
                "{n} bookings by hand outside the opening hours.",
                n,
            )
        case "many_joins":
            return words.t("{n} new cards from one source within an hour, hardly any used.", n=n)
        case "shared_contact":
            return words.t("One contact was typed for {n} new cards.", n=n)
        case "refund_after_redeem":
            return words.t("A reward was redeemed and its sale refunded on the same day.")
        case "referral_ring":
            return words.t("{n} members brought one another in a ring.", n=n)
        case "referral_mill":
            return words.t(
                "One member brought {n} friends; {once} of them came once or twice, and then no"
                " more.",
                n=n,
                once=figures.get("once", 0),
            )
        case _:
            return words.t("Something unusual was booked. Have a look at it.")


_FAST = frozenset({"staff_velocity", "device_velocity", "location_velocity"})


def _fast(kind: str, n: int, words: Words) -> str:
    if kind == "staff_velocity":
        return words.t("One person made {n} bookings faster than guests can show cards.", n=n)
    if kind == "device_velocity":
        return words.t("One device made {n} bookings faster than guests can show cards.", n=n)
    return words.t("One place made {n} bookings faster than guests can show cards.", n=n)
