"""The words for who reads about guests: "joined" and not "you joined"."""

from __future__ import annotations

from functools import lru_cache

from regulars.i18n.words import Words


def t(msg: str) -> str:
    """Mark a sentence as one to be translated; it is translated where it is said."""
    return msg


def n(singular: str, plural: str) -> str:
    """Mark a sentence with a number as one to be translated; returns its first form."""
    return singular


SENTENCES = {
    "for joining": t("for having joined"),
    "for your visit": n("for a visit", "for {n} visits"),
    "for what you did: {action}": t("for this: {action}"),
    "to thank you for what you did": t("as thanks"),
    "for your birthday": t("for the birthday"),
    "for your anniversary with us": t("for the anniversary"),
    "a friend of yours came": t("a friend came"),
    "for coming with a friend’s invitation": t("came with a friend’s invitation"),
    "a surprise for you: {reward}": t("a surprise: {reward}"),
    "a surprise for you": t("a surprise"),
    "given back: {reward}": t("came back: {reward}"),
    "given back for a reward": t("came back"),
    "your purchase was changed": t("the purchase was changed"),
    "two of your cards became one": t("two cards became one"),
    "your cards were separated again": t("the cards were separated again"),
    "carried over from what you had before": t("carried over from before"),
    "not used in time; {reason}": t("expired unused; {reason}"),
    "{amount} given back: {reward}": t("{amount} came back: {reward}"),
    "you are now {tier}": t("new tier: {tier}"),
    "your visit": t("a visit"),
    "you joined": t("joined"),
}
"""What is said to a guest, and in its place to others."""


class OfOthers(Words):
    """A language for who is not the guest that it is about."""

    def t(self, msg: str, **values: object) -> str:
        """The translation of the sentence for others, where there is one."""
        return super().t(SENTENCES.get(msg, msg), **values)

    def n(self, singular: str, plural: str, n: int, **values: object) -> str:
        """The same with a number."""
        return super().n(SENTENCES.get(singular, singular), plural, n, **values)


@lru_cache
def of_others(lang: str) -> Words:
    """Return the words of a language for who reads about guests."""
    return OfOthers(lang)
