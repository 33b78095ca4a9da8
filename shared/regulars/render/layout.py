"""Small decisions about arrangement, kept out of the templates."""

MOST_STAMPS = 30
"""Above this a punch card stops being readable and becomes a number with a bar."""


def columns(count: int) -> int:
    """How many stamps go into one row, so that the rows come out even: 10 -> 5, 9 -> 5, 6 -> 6."""
    if count <= 6:
        return max(1, count)
    rows = -(-count // 6)
    return -(-count // rows)


def share(value: int, target: int) -> int:
    """Whole percent of the way, 0 to 100, and never 100 before it is reached."""
    if target <= 0 or value >= target:
        return 100
    return max(0, min(99, value * 100 // target))


def code_groups(code: str) -> str:
    """A code in groups that come out even: "7F3 KQ9", "AB12 CD34", "AB12C DE34F"."""
    size = next((size for size in (3, 4, 5) if len(code) % size == 0), 4)
    if "-" in code or " " in code:
        return code
    return " ".join(code[start : start + size] for start in range(0, len(code), size))


SHORT = {"hu": ("a", "az", "egy", "és"), "pl": ("a", "i", "o", "u", "w", "z"), "en": ("a",)}
"""Words that no line ends with, by language."""


def bound(text: str, lang: str) -> str:
    """A headline in which a short word and the one after it share a line; markup stays markup."""
    parts = text.strip().split(" ")
    short = SHORT.get(lang, ())
    glue = ("\u00a0" if part.lower() in short else " " for part in parts)
    return type(text)(
        "".join(part + after for part, after in zip(parts, glue, strict=True)).rstrip()
    )


def initial(name: str) -> str:
    """The first letter or digit of a name, in capitals; a dot when it has none."""
    return next((letter.upper() for letter in name if letter.isalnum()), "·")
