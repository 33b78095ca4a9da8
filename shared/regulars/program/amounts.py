"""How high a guard in euros is in another currency, roughly.

Only for limits that guard against mistakes and theft: what something costs is the owner's to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from regulars.i18n import exponent

_PER_EURO: Final = {
    "AED": 4, "ALL": 100, "ARS": 1500, "AUD": 2, "BAM": 2, "BGN": 2, "BRL": 6, "CAD": 2,
    "CHF": 1, "CLP": 1000, "CNY": 8, "COP": 4500, "CZK": 25, "DKK": 7, "EGP": 55, "EUR": 1,
    "GBP": 1, "GEL": 3, "HKD": 9, "HUF": 400, "IDR": 18000, "ILS": 4, "INR": 100, "ISK": 150,
    "JPY": 160, "KES": 150, "KRW": 1600, "KZT": 600, "MDL": 20, "MKD": 60, "MXN": 20, "MYR": 5,
    "NGN": 1700, "NOK": 12, "NZD": 2, "PEN": 4, "PHP": 65, "PLN": 4, "RON": 5, "RSD": 117,
    "RUB": 100, "SAR": 4, "SEK": 11, "SGD": 2, "THB": 38, "TRY": 45, "TWD": 36, "UAH": 48,
    "USD": 1, "VND": 29000, "ZAR": 20,
}  # fmt: skip
"""Units of a currency for one euro, to one figure or two: enough for a guard."""

MONEY = ("spend_minor_per_sale", "spend_minor_per_day")


def guards(limits: Mapping[str, Any], currency: str) -> dict[str, Any]:
    """Return the `limits` of a template with its guards of money in another currency.

    A currency that is not known well enough has none: too low a guard would stop honest sales.
    """
    staff = dict(limits.get("staff", {}))
    rate = _PER_EURO.get(currency)
    for name in MONEY:
        if name in staff:
            staff[name] = staff[name] // 100 * rate * 10 ** exponent(currency) if rate else 0
    return {**limits, "staff": staff}
