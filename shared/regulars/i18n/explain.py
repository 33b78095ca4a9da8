"""Why an amount was booked, in words: the stored reason of a ledger line as a sentence.

The kinds and their figures are those of `domain/reasons.py`. Ids are never shown: what the
programme gives no name is spoken of in general.
"""

from collections.abc import Mapping
from typing import Any

from regulars.i18n.words import Text, UnitNames, Words


def explain(
    why: Mapping[str, Any],
    words: Words,
    *,
    amount: int,
    unit: UnitNames,
    currency: str,
    rewards: Mapping[str, Text] | None = None,
    names: Mapping[str, Text] | None = None,
    rule: Text | None = None,
) -> str:
    """Say the reason of one booked line: "8 points for €8.40 + 4 extra (×1.5)".

    `amount` is the line's own amount, signed; `unit` its names; `rewards` the names of rewards by
    id, `names` those of campaigns and milestones, `rule` what the programme calls the rule ("main
    course", "review"). A reason this version does not know gives an empty string.
    """
    base = int(why.get("base", amount))
    reward = words.pick((rewards or {}).get(why.get("r", ""), ""))
    if reward and why.get("worth"):
        reward = f"{reward} ({words.money(why['worth'], currency)})"
    called = words.pick(rule)
    text = _reason(why, words, words.amount(unit, base), currency, reward, called)
    if text and called and why.get("k") in _CALLED:
        text = f"{text} · {called}"
    name = words.pick((names or {}).get(why.get("c") or why.get("m") or "", ""))
    if name and why.get("k") in {"campaign", "milestone"}:
        return name
    factor = why.get("x", 1000) * why.get("cx", 1000)
    extra = base * factor // 1_000_000 - base  # of all lines it was booked in
    if text and extra:
        text = words.t(
            "{reason} + {extra} extra (×{factor})",
            reason=text,
            extra=words.number(extra),
            factor=words.decimal(factor, 6) + (f" · {name}" if name else ""),
        )
    if text and why.get("left"):
        left = words.money(why["left"], currency)
        text = words.t("{reason}; {left} carried to the next", reason=text, left=left)
    return text


_CALLED = frozenset({"join", "visit", "spend", "birthday", "anniversary", "min_spend"})
"""Reasons that the name of their rule is added to; others hold it in their sentence."""


def _reason(
    why: Mapping[str, Any],
    words: Words,
    units: str,
    currency: str,
    reward: str,
    rule: str,
) -> str:
    """The reason without multiplier and remainder. `reward` and `rule` are names or empty."""
    match why.get("k"):
        case "join":
            return words.t("for joining")
        case "visit":
            return words.n("for your visit", "for {n} visits", why.get("n", 1))
        case "spend":
            spent = words.money(why["spent"], currency)
            if why.get("carried"):
                before = words.money(why["carried"], currency)
                return words.t(
                    "{units} for {money} and {carried} from before",
                    units=units, money=spent, carried=before,
                )  # fmt: skip
            return words.t("{units} for {money}", units=units, money=spent)
        case "item":
            count = why.get("n", 1)
            if rule:
                pieces = _pieces(count, words)
                return words.t("{units} for {n} × {item}", units=units, n=pieces, item=rule)
            if isinstance(count, str):
                pieces = _pieces(count, words)
                return words.t("{units} for a quantity of {n}", units=units, n=pieces)
            return words.n("{units} for {n} item", "{units} for {n} items", count, units=units)
        case "campaign":
            return words.t("a campaign")
        case "milestone":
            return words.t("a milestone reached")
        case "action":
            if rule:
                return words.t("for what you did: {action}", action=rule)
            return words.t("to thank you for what you did")
        case "birthday":
            return words.t("for your birthday")
        case "anniversary":
            return words.t("for your anniversary with us")
        case "referral":
            return words.t("a friend of yours came")
        case "bonus":
            if why.get("text") == "referral":  # the friend's side of a referral
                return words.t("for coming with a friend’s invitation")
            return str(why.get("text", "")) or words.t("a bonus")
        case "surprise":
            if reward:
                return words.t("a surprise for you: {reward}", reward=reward)
            return words.t("a surprise for you")
        case "reward":
            if reward:
                return words.t("for a reward: {reward}", reward=reward)
            return words.t("for a reward")
        case "returned":
            if reward:
                return words.t("given back: {reward}", reward=reward)
            return words.t("given back for a reward")
        case "refund":
            return words.t("a purchase was refunded")
        case "given":
            return words.t("given to another member")
        case "received":
            return words.t("a gift of another member")
        case "confirmed":
            return words.t("confirmed: it can be used now")
        case "held":
            return words.n(
                "for a visit, to be confirmed", "for {n} visits, to be confirmed", why["n"]
            )
        case "unconfirmed":
            return words.t("nobody confirmed it in time")
        case "revised":
            return words.t("your purchase was changed")
        case "void":
            return words.t("a refund was taken back")
        case "merged":
            return words.t("two of your cards became one")
        case "unmerged":
            return words.t("your cards were separated again")
        case "settled":
            return words.t("settles what a refund left owing")
        case "expired":
            return words.t("expired")
        case "replaced":
            return words.t("carried over from what you had before")
        case "ended":
            return words.t("these are no longer used; nothing is owed")
        case "adjust":
            return str(why.get("text", "")) or words.t("set right by the shop")
    return _not_granted(why, words, currency)


def _pieces(count: int | str, words: Words) -> str:
    """A number of pieces; one that is not whole is stored as text: `0.25`."""
    whole, _, places = str(count).partition(".")
    return words.decimal(int(whole + places), len(places))


def _not_granted(why: Mapping[str, Any], words: Words, currency: str) -> str:
    """Why nothing was granted."""
    match why.get("k"):
        case "cooldown":
            minutes = why["minutes"]
            return words.n(
                "stamped a moment ago; the next one in {n} minute",
                "stamped a moment ago; the next one in {n} minutes",
                minutes,
            )
        case "cap_day":
            return words.n("only {n} visit a day counts", "only {n} visits a day count", why["n"])
        case "min_spend":
            return words.t("from {money} up", money=words.money(why["min"], currency))
        case "zero_sale":
            return words.t("nothing was paid, so it is no visit")
        case "clamped":
            left = words.money(why["rest"], currency)
            return words.t("only {money} was left to refund", money=left)
    return ""
