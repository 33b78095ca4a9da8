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
            return words.n(
                "One card was booked by hand {n} time in a day.",
                "One card was booked by hand {n} times in a day.",
                n,
            )
        case "one_card":
            return words.n(
                "One person booked {n} time on one card in a week; on others as a rule {usual}.",
                "One person booked {n} times on one card in a week; on others as a rule {usual}.",
                n,
                usual=figures.get("usual", 0),
            )
        case "same_person":
            return words.t(
                "One person made all {n} bookings on one card; of 100 bookings at those times"
                " others made {others}.",
                n=n,
                others=figures.get("others", 0),
            )
        case "unverified" if "alone" in figures:
            return words.n(
                "{n} reward was redeemed for a guest whose card nobody scanned and who bought"
                " nothing.",
                "{n} rewards were redeemed for guests whose card nobody scanned and who bought"
                " nothing.",
                n,
            )
        case "unverified":
            return words.n(
                "{n} of {all} rewards was redeemed for guests whose card nobody scanned.",
                "{n} of {all} rewards were redeemed for guests whose card nobody scanned.",
                n,
                all=figures.get("all", n),
            )
        case "redeemed_alone":
            return words.n(
                "{n} reward was redeemed without a sale or visit within an hour.",
                "{n} rewards were redeemed without a sale or visit within an hour.",
                n,
            )
        case "off_hours":
            return words.n(
                "{n} booking by hand outside the opening hours.",
                "{n} bookings by hand outside the opening hours.",
                n,
            )
        case "many_joins":
            return words.n(
                "{n} new card from one source within an hour, hardly any used.",
                "{n} new cards from one source within an hour, hardly any used.",
                n,
            )
        case "shared_contact":
            return words.n(
                "One contact was typed for {n} new card.",
                "One contact was typed for {n} new cards.",
                n,
            )
        case "refund_after_redeem":
            return words.t("A reward was redeemed and its sale refunded on the same day.")
        case "referral_ring":
            return words.n(
                "{n} member brought one another in a ring.",
                "{n} members brought one another in a ring.",
                n,
            )
        case "referral_mill" if "own" in figures:
            return words.t("One member brought {n} friends and never bought anything.", n=n)
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
        return words.n(
            "One person made {n} booking faster than guests can show cards.",
            "One person made {n} bookings faster than guests can show cards.",
            n,
        )
    if kind == "device_velocity":
        return words.n(
            "One device made {n} booking faster than guests can show cards.",
            "One device made {n} bookings faster than guests can show cards.",
            n,
        )
    return words.n(
        "One place made {n} booking faster than guests can show cards.",
        "One place made {n} bookings faster than guests can show cards.",
        n,
    )
