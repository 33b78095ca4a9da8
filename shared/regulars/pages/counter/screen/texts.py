"""What the script of the counter screen needs to know, in the language of the page."""

from collections.abc import Mapping
from typing import Any

from regulars.i18n import Text, Words, cldr, exponent, formats
from regulars.i18n.formats import SPACE
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
        "shop": view.here.shop,
        "device": view.here.device,
        "staff": view.here.staff_id,
        "role": view.here.role,
        "now": view.now,
        "people": [one._asdict() for one in view.here.people],
        "keys": [dict(key) for key in view.keys],
        "actions": [list(action) for action in view.actions],
        "categories": {name: words.pick(text) for name, text in view.categories.items()},
        "discounts": _picked(view.discounts, words),
        "perks": _picked(view.perks, words),
        "words": _texts(words),
        "problems": _problems(words),
    }


def _picked(texts: Mapping[str, tuple[Text, ...]], words: Words) -> dict[str, list[str]]:
    return {name: [words.pick(text) for text in several] for name, several in texts.items()}


def _forms(names: Any, words: Words) -> dict[str, str]:
    """The plural forms of a unit by category of the page's own language."""
    return {category: words.unit(names, sample) for category, sample in words.category_samples()}


def _texts(words: Words) -> dict[str, Any]:
    return {**_of_guest(words), **_of_sale(words), **_of_sending(words)}


def _of_guest(words: Words) -> dict[str, Any]:
    t = words.t
    return {
        "guest": t("Guest"),
        "today": t("today"),
        "yesterday": t("yesterday"),
        "days": words.forms("{n} day ago", "{n} days ago"),
        "visits": words.forms("{n} visit", "{n} visits"),
        "last": t("last {when}", when="{when}"),
        "first": t("first visit"),
        "usual": t("Usually: {what}", what="{what}"),
        "addNote": t("Add a note"),
        "until": t("until {date}", date="{date}"),
        "code": t("Code {code}", code="{code}"),
        "later": t("Who it is shows when there is a connection."),
        "phone": t("phone …{end}", end="{end}"),
        "searching": t("Looking…"),
        "none": t("No card with this. A code changes every half minute; a name needs two letters."),
        "camera": t("No camera here. Type the code, the name or the phone number."),
        "blocked": t("The camera is not allowed. Allow it in the browser’s settings, or type."),
        "of": t("for {name}", name="{name}"),
        "unseen": t("Not checked: have the guest show the card."),
        "sellTo": t("Membership for {name}", name="{name}"),
        "paidMoney": t("Paid {money}, start now", money="{money}"),
        "paid": t("Paid, start now"),
        "lasts": t("Until {date}.", date="{date}"),
        "runs": t("Paid until {until}; then until {date}.", until="{until}", date="{date}"),
        "askMail": t("Type the six digits that were mailed to the guest."),
        "askPhone": t("Check that the number is the guest’s, then type the code on the card."),
        "confirmed": t("Confirmed."),
        "scanCode": t("The guest scans it with the phone: one visit. It is good for 90 seconds."),
        "codeUsed": t("Used. The visit is on the guest’s card."),
        "codeOver": t("Too late: close this and show a new code."),
        "noCode": t("No connection. A code needs one."),
    }


def _of_sale(words: Words) -> dict[str, Any]:
    t = words.t
    return {
        "redeem": t("Redeem"),
        "take": t("Give"),
        "add": t("Add"),
        "less": t("One less: {what}", what="{what}"),
        "book": t("Book: {what}", what="{what}"),
        "typeAmount": t("Type the amount"),
        "changeAmount": t("change the amount"),
        "bill": t("Type what the bill comes to."),
        "off": t("Take {money} off the bill.", money="{money}"),
        "given": t("{reward}: redeemed", reward="{reward}"),
        "redeemNow": t("{reward}: redeem now", reward="{reward}"),
        "nextTime": t("Next time"),
        "nextGuest": t("Next guest"),
        "unlocked": t("Unlocked: {reward}", reward="{reward}"),
        "surprised": t("Given: {reward}", reward="{reward}"),
        "tier": t("New tier: {tier}", tier="{tier}"),
        "nothing": t("Nothing was added this time."),
        "undone": t("Taken back: {what}", what="{what}"),
        "seconds": t("{n} s", n="{n}").replace(" ", SPACE),
        "minutes": t("{n} min", n="{n}").replace(" ", SPACE),
        "reward": t("Reward"),
        "membership": t("Membership"),
        "stamped": t("{amount} today", amount="{amount}"),
        "visitsToday": words.forms("{n} visit today", "{n} visits today"),
        "lastBy": t("Last at {time}, by {name}.", time="{time}", name="{name}"),
    }


def _of_sending(words: Words) -> dict[str, Any]:
    t = words.t
    return {
        "sending": t("Sending…"),
        "kept": t("Kept on this device"),
        "keptNote": t("It is sent as soon as there is a connection, and counts once."),
        "lost": t("No connection. Try again."),
        "lostCode": t("No connection. If this is the guest's code, tap it."),
        "offlineSince": t("No connection since {time}", time="{time}"),
        "goOn": t("Go on as usual; nothing is lost."),
        "waiting": words.forms("{n} booking waits", "{n} bookings wait"),
        "refusedSome": words.forms("{n} booking was refused", "{n} bookings were refused"),
        "see": t("Tap to see them."),
        "waits": t("waits"),
        "refusedWhy": t("Refused: {why}", why="{why}"),
        "okay": t("All right"),
        "showCard": t("Show the card"),
        "takeBack": t("Take back"),
        "nothingWaits": t("Nothing waits here."),
        "foreign": words.forms(
            "{n} booking of another shop or an earlier enrolment lies here. Only that device "
            "could send it.",
            "{n} bookings of another shop or an earlier enrolment lie here. Only that device "
            "could send them.",
        ),
        "signFor": t("Sign in, and the booking for {name} goes through", name="{name}"),
        "signAgain": t("Sign in to go on"),
        "signText": t("The sign-in on this device has ended. Nothing is lost or booked twice."),
        "noneSignsIn": t(
            "Nobody can sign in on this device any more. The owner shows a new code for it in the "
            "console, under “Staff and devices”."
        ),
        "noManager": t(
            "No manager can sign in here. The owner gives each manager a PIN in the console, under "
            "“Staff and devices”."
        ),
        "who": t("Who is at the counter?"),
        "whoText": t("What is booked from now on is in this name."),
        "manager": t("Which manager allows it?"),
        "managerText": t("It is written down with the booking."),
        "wrongPin": t("This is not the PIN. Try again."),
        "manyPins": t("That was a lot of tries in a short time. Wait a minute and try again."),
        "otherPin": t("That did not work. Try again."),
        "onlyOnline": t("This needs a connection."),
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
