"""What the script of the counter screen needs to know, in the language of the page."""

from typing import Any

from regulars.i18n import Words, cldr, exponent, formats
from regulars.pages.counter.screen.view import CounterPage


def setup(view: CounterPage, words: Words) -> dict[str, Any]:
    """Units, money and texts for `staff.js`, ready to be written as JSON.

    How to write numbers is among them: browsers do not know every language of ours.
    """
    form = formats.formats(words.lang)
    return {
        "lang": words.lang,
        "currency": view.currency,
        "exponent": exponent(view.currency),
        "whole": view.currency in cldr.WHOLE,
        "zero": words.money(0, view.currency),
        "decimal": form.decimal,
        "group": form.group,
        "zone": view.zone,
        "units": {unit: _forms(names, words) for unit, names in view.units.items()},
        "rewards": {
            reward: " · ".join(filter(None, (words.pick(name), view.worth.get(reward))))
            for reward, name in view.rewards.items()
        },
        "tiers": {tier: words.pick(name) for tier, name in view.tiers.items()},
        "gifts": [
            (surprise, words.pick(name), words.pick(reward))
            for surprise, (name, reward) in view.gifts.items()
        ],
        "today": view.today,
        "stamp": view.stamp,
        "words": _texts(words),
        "problems": _problems(words),
    }


def _forms(names: Any, words: Words) -> dict[str, str]:
    """The plural forms of a unit by category of the page's own language."""
    return {category: words.unit(names, sample) for category, sample in words.category_samples()}


def _texts(words: Words) -> dict[str, Any]:
    t = words.t
    return {
        "guest": t("Guest"),
        "today": t("today"),
        "yesterday": t("yesterday"),
        "days": words.forms("{n} day ago", "{n} days ago"),
        "visits": words.forms("{n} visit", "{n} visits"),
        "last": t("last {when}", when="{when}"),
        "first": t("first visit"),
        "redeem": t("Redeem"),
        "add": t("Add"),
        "bill": t("Type what the bill comes to."),
        "off": t("Take {money} off the bill.", money="{money}"),
        "due": t("Due: {reward}", reward="{reward}"),
        "given": t("{reward}: redeemed", reward="{reward}"),
        "of": t("for {name}", name="{name}"),
        "unseen": t("Not checked: have the guest show the card."),
        "unlocked": t("Unlocked: {reward}", reward="{reward}"),
        "surprised": t("Given: {reward}", reward="{reward}"),
        "tier": t("New tier: {tier}", tier="{tier}"),
        "nothing": t("Nothing was added this time."),
        "undone": t("Taken back: {what}", what="{what}"),
        "sending": t("Sending…"),
        "again": t("No answer yet. It is sent again, and counts once."),
        "offline": t("Still no answer. It is kept here and sent as soon as there is a connection."),
        "unsure": t("No clear answer. Look at the card before you try again."),
        "lost": t("No connection. Try again."),
        "searching": t("Looking…"),
        "none": t("No card with this. A code changes every half minute; a name needs two letters."),
        "camera": t("No camera here. Type the code, the name or the phone number."),
        "blocked": t("The camera is not allowed. Allow it in the browser’s settings, or type."),
        "seconds": t("{n} s", n="{n}"),
        "minutes": t("{n} min", n="{n}"),
        "reward": t("Reward"),
        "stamped": t("{amount} today", amount="{amount}"),
    }


def _problems(words: Words) -> dict[str, str]:
    """Refusals by their code in words staff can act on; others show their own detail."""
    t = words.t
    return {
        "not_found": t("Not found. Ask the guest for a fresh code."),
        "cap_reached": t("This card has had its share for now. Nothing was added."),
        "voucher_redeemed": t("This reward has been redeemed already."),
        "voucher_expired": t("This reward has expired."),
        "voucher_cancelled": t("This reward was taken back."),
        "held": t("This card is on hold; the manager knows why."),
        "tier_required": t("This one is not for this guest."),
        "limit_reached": t("No more of it just now: given as often as it may be, or used up."),
        "out_of_stock": t("All of them have been given out."),
        "undo_expired": t("Five minutes have passed; it can no longer be undone here."),
        "already_reversed": t("This was taken back already."),
        "debt": t("This card has something to make up for after a refund first."),
        "conflict": t("Two things happened at once. Try again."),
        "forbidden": t("You may not do this. Ask the owner."),
        "staff_limit": t("You have reached your limit for today. A manager can go on."),
        "unauthorized": t("You are signed out. Load this page again and sign in."),
        "rate_limited": t("A little slower, please. Try again in a moment."),
        "locked": t("Too many codes that nobody has. Go on in {n} min.", n="{n}"),
        "other": t("That did not work. Nothing was booked; try again."),
    }
