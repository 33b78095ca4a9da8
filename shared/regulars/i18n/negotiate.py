"""Which of the offered languages a person gets."""

from collections.abc import Sequence


def language(wanted: str, offered: Sequence[str]) -> str:
    """The best of `offered` for an Accept-Language header or a plain code ("hu", "hu-HU").

    A region that is not offered falls back on its language; nothing in common gives the first
    offered one (the merchant's own), and an empty offer gives "en". Never raises: the header
    comes from outside.
    """
    if not offered:
        return "en"
    by_code = {code.lower(): code for code in reversed(offered)}
    by_base = {code.lower().partition("-")[0]: code for code in reversed(offered)}
    for code in _by_preference(wanted[:200]):
        found = by_code.get(code) or by_base.get(code.partition("-")[0])
        if found:
            return found
    return offered[0]


def _by_preference(header: str) -> list[str]:
    """Codes of an Accept-Language header, the most wanted first, refused ones left out."""
    ranked: list[tuple[float, int, str]] = []
    for place, part in enumerate(header.split(",")):
        code, *parameters = part.strip().lower().replace("_", "-").split(";")
        weight = 1.0
        for parameter in parameters:
            name, _, value = parameter.strip().partition("=")
            if name.strip() == "q":
                weight = _weight(value)
        if code and weight > 0:
            ranked.append((-weight, place, code))
    return [code for _, _, code in sorted(ranked)]


def _weight(value: str) -> float:
    try:
        weight = float(value)
    except ValueError:
        return 0.0
    return weight if 0 <= weight <= 1 else 0.0
