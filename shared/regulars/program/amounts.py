"""What money of a template is in another currency, or for another price.

Templates are written in euros. What a coffee costs says how much everything else is: the owner's
own price where it is given, else a rough one for each currency. What comes out is rounded as prices
are: to few digits, and to whole units where nobody has coins of less.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

from regulars.i18n import exponent, words
from regulars.i18n.cldr import WHOLE

_PER_100_EUROS: Final = {
    "AED": 430, "AFN": 8000, "ALL": 9800, "AMD": 44000, "AOA": 105000, "ARS": 160000, "AUD": 175,
    "AWG": 210, "AZN": 195, "BAM": 196, "BBD": 232, "BDT": 14200, "BGN": 196, "BHD": 44,
    "BIF": 340000, "BMD": 116, "BND": 150, "BOB": 800, "BRL": 630, "BSD": 116, "BTN": 10300,
    "BWP": 1560, "BYN": 350, "BZD": 233, "CAD": 160, "CDF": 260000, "CHF": 100, "CLP": 110000,
    "CNY": 825, "COP": 450000, "CRC": 58000, "CUP": 2800, "CVE": 11000, "CZK": 2500, "DJF": 20600,
    "DKK": 750, "DOP": 7300, "DZD": 15100, "EGP": 5600, "ERN": 1740, "ETB": 17000, "EUR": 100,
    "FJD": 264, "FKP": 100, "GBP": 100, "GEL": 315, "GHS": 1250, "GIP": 100, "GMD": 8300,
    "GNF": 1000000, "GTQ": 890, "GYD": 24300, "HKD": 900, "HNL": 3050, "HTG": 15200, "HUF": 40000,
    "IDR": 1900000, "ILS": 385, "INR": 10200, "IQD": 152000, "IRR": 5000000, "ISK": 14700,
    "JMD": 18600, "JOD": 82, "JPY": 16000, "KES": 15000, "KGS": 10100, "KHR": 467000, "KMF": 49200,
    "KPW": 105000, "KRW": 160000, "KWD": 36, "KYD": 97, "KZT": 60000, "LAK": 2500000,
    "LBP": 10400000, "LKR": 35400, "LRD": 21000, "LSL": 2000, "LYD": 630, "MAD": 1070, "MDL": 1970,
    "MGA": 520000, "MKD": 6150, "MMK": 244000, "MNT": 415000, "MOP": 930, "MRU": 4620, "MUR": 5300,
    "MVR": 1790, "MWK": 201000, "MXN": 2150, "MYR": 480, "MZN": 7400, "NAD": 2000, "NGN": 168000,
    "NIO": 4270, "NOK": 1200, "NPR": 16500, "NZD": 202, "OMR": 45, "PAB": 116, "PEN": 395,
    "PGK": 490, "PHP": 6800, "PKR": 32800, "PLN": 400, "PYG": 830000, "QAR": 424, "RON": 500,
    "RSD": 11700, "RUB": 10000, "RWF": 169000, "SAR": 436, "SBD": 960, "SCR": 1650, "SDG": 70000,
    "SEK": 1100, "SGD": 151, "SHP": 100, "SLE": 2700, "SOS": 66500, "SRD": 4500, "SSP": 530000,
    "STN": 2450, "SYP": 1300000, "SZL": 2000, "THB": 3800, "TJS": 1080, "TMT": 407, "TND": 340,
    "TOP": 278, "TRY": 4900, "TTD": 790, "TWD": 3600, "TZS": 286000, "UAH": 4900, "UGX": 415000,
    "USD": 100, "UYU": 4650, "UZS": 1390000, "VES": 28000, "VND": 3000000, "VUV": 14100,
    "WST": 325, "XAF": 65600, "XCD": 314, "XCG": 208, "XOF": 65600, "XPF": 11900, "YER": 28000,
    "ZAR": 2000, "ZMW": 2650, "ZWG": 3000,
}  # fmt: skip
"""Units of a currency for a hundred euros, roughly: enough for a first price and for a guard. What
the figures of a template are in dollars and pounds is what they are in euros."""

PRICES: Final = {
    "drink": 300, "coffee": 300, "pastry": 300, "merch": 1500, "beans": 1200,
    "service": 4000, "product": 2000, "package": 20000,
    "main": 1500, "starter": 700, "dessert": 600,
    "book": 1500, "wash": 1200, "groom": 4500, "session": 15000,
}  # fmt: skip
"""What one of a category costs in the templates, in cents of a euro."""

VISITS: Final = {
    "bakery": 500, "bookshop": 1500, "car-wash": 1200, "consultant": 15000, "corner-cafe": 500,
    "dog-groomer": 4500, "mug-club": 500, "supper-club": 2500, "vip-collective": 5000,
}  # fmt: skip
"""What somebody pays at a visit, by template, in cents of a euro."""

VISIT: Final = "visit"
GUARDS: Final = ("spend_minor_per_sale", "spend_minor_per_day")
_STEPS: Final = (10, 12, 15, 18, 20, 25, 30, 35, 40, 45, 50, 60, 70, 80, 90, 100)
"""The first two digits that a price has."""

_MONEY_IN_TEXT: Final = re.compile(r"\{minor:([0-9]+)\}")


def categories(template: str) -> tuple[str, ...]:
    """Return what an owner can tell the price of for a template."""
    return (*PRICES, VISIT) if template in VISITS else tuple(PRICES)


def priced(
    document: Mapping[str, Any], template: str, currency: str, prices: Mapping[str, int]
) -> dict[str, Any]:
    """Return a template's document with its money, also in its texts, in another currency.

    `prices` are the owner's, in minor units, by category; without any, usual ones are taken.
    """
    factor = usual = _usual(currency)
    if prices:
        known = {**PRICES, VISIT: VISITS.get(template, PRICES["drink"])}
        factor = Fraction(sum(prices.values()), sum(known[name] for name in prices))
    scaled: dict[str, Any] = _scaled({**document, "limits": {}}, factor, currency, "en")
    limits = _guarded(document.get("limits", {}), max(factor, usual), currency)
    return {**scaled, "limits": limits, "currency": currency}


def price(cents: int, factor: Fraction, currency: str) -> int:
    """Return what so many cents of a euro are at a factor, rounded as prices are; 0 stays 0."""
    exact = cents * factor
    if factor == 1 or not cents:
        return int(exact)
    power = 1
    while exact >= 100 * power:
        power *= 10
    nearest = round(exact)
    if exact >= 10:
        nearest = min(_STEPS, key=lambda step: abs(step * power - exact))
    unit = 10 ** exponent(currency) if currency in WHOLE else 1
    return max(unit, round(Fraction(nearest * power, unit)) * unit)


def _usual(currency: str) -> Fraction:
    """Return what a cent of a euro is in minor units of a currency."""
    return Fraction(_PER_100_EUROS[currency], 100) * Fraction(10) ** (exponent(currency) - 2)


def _guarded(limits: Mapping[str, Any], factor: Fraction, currency: str) -> dict[str, Any]:
    staff = dict(limits.get("staff", {}))
    for name in GUARDS:
        if name in staff:
            staff[name] = price(staff[name], factor, currency)
    return {**limits, "staff": staff}


def _scaled(part: Any, factor: Fraction, currency: str, lang: str) -> Any:
    """A part of a document: its money by name of the field, its texts by language."""
    if isinstance(part, dict):
        return {
            name: price(value, factor, currency)
            if _is_money(part, name) and isinstance(value, int)
            else _scaled(value, factor, currency, name if len(name) == 2 else lang)
            for name, value in part.items()
        }
    if isinstance(part, list):
        return [_scaled(one, factor, currency, lang) for one in part]
    if isinstance(part, str):
        speaker = words(lang)
        return _MONEY_IN_TEXT.sub(
            lambda found: speaker.money(price(int(found[1]), factor, currency), currency), part
        )
    return part


def _is_money(part: Mapping[str, Any], name: str) -> bool:
    if name in {"at_least", "at"}:
        return part.get("metric") == "spend"
    return name.endswith("_minor")
