"""The words of one language: catalogue, plurals, and formats in one small object."""

import datetime as dt
import gettext
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from regulars.i18n import cldr, formats

Text = str | Mapping[str, str]
"""Programme text: a string, or one string per language."""

UnitNames = Mapping[str, Mapping[str, str]]
"""Names of a unit per language and CLDR plural category: {"en": {"one": ..., "other": ...}}."""

_FOLDER = Path(__file__).parent


def languages() -> dict[str, str]:
    """The languages we have words for, with their own names: {"en": "English", ...}."""
    return {
        code: str(data["name"])
        for code, data in cldr.LANGUAGES.items()
        if code == "en" or _catalogue(code).is_file()
    }


@lru_cache(maxsize=16)
def words(lang: str) -> "Words":
    """The words of `lang`; English where there is no catalogue for it."""
    return Words(lang)


class Words:
    """Everything a page or mail needs to speak one language.

    `lang` is the language asked for; it also chooses among programme texts, which a merchant may
    have written in a language that has no catalogue yet.
    """

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self._form = formats.formats(lang)
        self._catalogue: gettext.NullTranslations = gettext.NullTranslations()
        path = _catalogue(lang)
        if path.is_file():
            with path.open("rb") as file:
                self._catalogue = gettext.GNUTranslations(file)
        self._index = gettext.c2py(self._form.plural)

    def t(self, msg: str, **values: object) -> str:
        """The translation of `msg`, with {named} values filled in."""
        text = self._catalogue.gettext(msg)
        return text.format(**_apart(values)) if values else text

    def n(self, singular: str, plural: str, n: int, **values: object) -> str:
        """The right plural form for `n`; {n} is the number as the language writes it."""
        text = self._catalogue.ngettext(singular, plural, n)
        return text.format(**{"n": self.number(n), **_apart(values)})

    def forms(self, singular: str, plural: str) -> dict[str, str]:
        """Unfilled plural forms by CLDR category, for scripts that count in the browser."""
        return {
            category: self._catalogue.ngettext(singular, plural, sample)
            for category, sample in self.category_samples()
        }

    def category_samples(self) -> list[tuple[str, int]]:
        """Each plural category of the language with a number that has it."""
        return list(zip(self._form.categories, self._form.samples, strict=True))

    def sentence(self, text: str) -> str:
        """`text` with a capital first letter, for texts that also stand inside sentences."""
        return text[:1].upper() + text[1:]

    def pick(self, text: Text | None) -> str:
        """This language's version of a programme text; English, then any, where it is missing."""
        if text is None:
            return ""
        if isinstance(text, str):
            return text
        return text.get(self.lang) or text.get("en") or next(iter(text.values()), "")

    def category(self, n: int) -> str:
        """The CLDR plural category of a whole number: "one", "few" ..."""
        return self._form.categories[self._index(abs(n))]

    def unit(self, names: UnitNames, n: int) -> str:
        """The name of a unit for `n` of it, without the number: "stamps"."""
        own = names.get(self.lang) or names.get("en") or next(iter(names.values()), {})
        category = self.category(n) if self.lang in names else words("en").category(n)
        return own.get(category) or own.get("other") or next(iter(own.values()), "")

    def amount(self, names: UnitNames, n: int) -> str:
        """A number with its unit: "12 points"."""
        return f"{self.number(n)}{formats.SPACE}{formats.apart(self.unit(names, n))}"

    def change(self, names: UnitNames, n: int) -> str:
        """A change of a unit with its sign: "+12 points"."""
        return f"{self.signed(n)} {formats.apart(self.unit(names, n))}"

    def number(self, n: int) -> str:
        """A whole number, grouped."""
        return formats.number(n, self._form)

    def signed(self, n: int) -> str:
        """A change: "+12", "−80" (with a real minus)."""
        return f"{'+' if n >= 0 else formats.MINUS}{self.number(abs(n))}"

    def decimal(self, scaled: int, places: int) -> str:
        """`scaled` / 10**`places` without useless zeros: decimal(1500, 3) is "1.5"."""
        return formats.decimal(scaled, places, self._form)

    def percent(self, n: int) -> str:
        """A whole percentage."""
        return formats.percent(n, self._form)

    def money(self, minor: int, currency: str) -> str:
        """Minor units of an ISO 4217 currency: "840 Ft", "€8.40"."""
        return formats.money(minor, currency, self._form)

    def money_of(self, minor: int, target: int, currency: str) -> str:
        """Money on its way to a target, the symbol once where it stands behind: "42 / 50 Ft"."""
        whole, part = self.money(target, currency), self.money(minor, currency)
        symbol = formats.SPACE + formats.symbol(currency)
        return f"{part.removesuffix(symbol)} / {whole}"

    def symbol(self, currency: str) -> str:
        """The narrow symbol of a currency."""
        return formats.symbol(currency)

    def date(self, value: dt.date) -> str:
        """A date in full: "19 November 2026"."""
        return formats.day(value, self._form.day_long, self._form)

    def day(self, value: dt.date, today: dt.date) -> str:
        """A short date, its year only where it is another one: "19 Nov", "19 Nov 2025"."""
        pattern = self._form.day if value.year == today.year else self._form.day_year
        return formats.day(value, pattern, self._form)

    def months(self) -> list[tuple[str, str]]:
        """The names of the months inside a date, short and in full."""
        return list(zip(self._form.months, self._form.months_long, strict=True))

    def weekday(self, value: dt.date) -> str:
        """The name of the day of the week."""
        return self._form.weekdays[value.weekday()]

    def weekday_name(self, number: int) -> str:
        """The name of a day of the week; 0 is Monday."""
        return self._form.weekdays[number]

    def clock(self, moment: dt.datetime, zone: str) -> str:
        """The time of day in `zone`: "8:42"."""
        return formats.clock(moment.astimezone(ZoneInfo(zone)), self._form)

    def when(
        self, moment: dt.datetime, zone: str, now: dt.datetime, *, capital: bool = False
    ) -> str:
        """An instant as people say it: "today 8:42", "yesterday 17:05", "19 Nov".

        `moment` and `now` are aware; `zone` is the merchant's IANA zone. `capital` is for
        the beginning of a line.
        """
        local = moment.astimezone(ZoneInfo(zone))
        today = now.astimezone(ZoneInfo(zone)).date()
        time = formats.clock(local, self._form)
        if local.date() == today:
            text = self.t("today {time}", time=time)
        elif local.date() == today - dt.timedelta(days=1):
            text = self.t("yesterday {time}", time=time)
        else:
            return self.day(local.date(), today)
        return self.sentence(text) if capital else text

    def ago(self, moment: dt.datetime, zone: str, now: dt.datetime) -> str:
        """How long ago, in days: "today", "yesterday", "5 days ago"; a date after 30 days."""
        there = ZoneInfo(zone)
        then, today = moment.astimezone(there).date(), now.astimezone(there).date()
        days = (today - then).days
        if days <= 0:
            return self.t("today")
        if days == 1:
            return self.t("yesterday")
        if days <= 30:
            return self.n("{n} day ago", "{n} days ago", days)
        return self.day(then, today)


def _apart(values: Mapping[str, object]) -> dict[str, object]:
    """Values for a sentence, with names that run from right to left kept apart."""
    return {
        name: formats.apart(value) if isinstance(value, str) else value
        for name, value in values.items()
    }


def _catalogue(lang: str) -> Path:
    """Where the compiled catalogue of `lang` is; a code with anything but letters has none."""
    code = lang if lang.replace("-", "").isalpha() else "en"
    return _FOLDER / code / "LC_MESSAGES" / "regulars.mo"
