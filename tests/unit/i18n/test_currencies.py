"""The list of currencies is CLDR's."""

from babel.core import get_global

from regulars.i18n.currencies import CURRENCIES


def test_currencies_are_those_in_force_today() -> None:
    """Legal tender somewhere, with no end date."""
    territories = get_global("territory_currencies").values()
    current = {
        code for rows in territories for code, _, end, tender in rows if end is None and tender
    }

    assert current == CURRENCIES
