"""A part of the document as texts of a form, and back.

`shown` gives every field below a part as a text by its path (`per_member.times`); `read` takes what
was typed over the part that was shown. A text that is as it was shown leaves its value exactly as
it was, also whether it was there at all; so a form that nobody touched changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from regulars.i18n import words as words_of
from regulars.i18n.words import Words
from regulars.pages.console.frame import notation
from regulars.pages.console.program import kinds, variants
from regulars.pages.console.program.kinds import Kind
from regulars.program.document import ProgramDocument
from regulars.program.fields import Part

Values = dict[str, str]

YES = "1"


class _Missing:
    """Stands for a field that is not in the document."""


MISSING: Final = _Missing()


class Reader(NamedTuple):
    """For whom a document is shown: language of the notation, currency, languages of the texts."""

    words: Words
    currency: str
    languages: tuple[str, ...]


def reader(words: Words, document: Mapping[str, Any]) -> Reader:
    """The reader of a document in the language of who edits it."""
    return Reader(words, document["currency"], tuple(document["languages"]))


# --- the document as texts ---------------------------------------------------------------------


def shown(
    model: type[Part], part: Mapping[str, Any] | None, by: Reader, *, above: str = "",
    metric: str = "", optional: bool = False,
) -> Values:  # fmt: skip
    """Every field below a part as a text, by path. `metric` is that of the part above, `optional`
    says that the part may be absent: where nothing of it is needed, all of it is empty then."""
    there = part or {}
    metric = str(there.get("metric", metric))
    no_default = optional and part is None and not any(kind.required for kind in fields(model))
    found: Values = {}
    for kind in fields(model):
        path, value = above + kind.name, there.get(kind.name, MISSING)
        if kind.part is not None and kind.sort == "part":
            below = value if isinstance(value, Mapping) else None
            may_be_absent = not kind.required and kind.default is None
            found |= shown(
                kind.part, below, by, above=f"{path}.", metric=metric, optional=may_be_absent
            )
        elif kind.part is not None:
            for place, one in enumerate(several(value)):
                found |= shown(kind.part, one, by, above=f"{path}.{place}.", metric=metric)
        elif no_default:
            found |= dict.fromkeys(texts(kind, path, value, by, metric), "")
        else:
            found |= texts(kind, path, value, by, metric)
    return found


def fields(model: type[Part]) -> Iterator[Kind]:
    """The fields that a form of a part has: of the document itself those that are no section."""
    for kind in kinds.of(model).values():
        if model is not ProgramDocument or kind.name in variants.OF_THE_SHOP:
            yield kind


def several(value: Any) -> Sequence[Mapping[str, Any]]:
    """The parts in a field that holds one or a list of them."""
    if isinstance(value, Mapping):
        return (value,)
    return value if isinstance(value, list) else ()


def texts(kind: Kind, path: str, value: Any, by: Reader, metric: str) -> Values:
    """The texts of one field, by path."""
    match kind.sort:
        case "words":
            return _words(path, value, by)
        case "plural":
            return {
                f"{path}.{lang}.{form}": forms.get(form, "")
                for lang, forms in _plurals(value, by).items()
                for form in forms
            }
        case "names":
            return _names(path, value, by)
        case "wordings":
            found = {path: ""}
            for place, one in enumerate((*listed(value), MISSING)):
                found |= _words(f"{path}.{place}", one, by)
            return found
        case "texts":
            return {path: "\n".join(listed(value))}
        case "choices" | "references":
            chosen = listed(value)
            known = dict.fromkeys((*kind.choices, *chosen))
            return {path: "", **{f"{path}.{one}": YES if one in chosen else "" for one in known}}
        case "languages":
            chosen = listed(value)
            return {path: "", f"{path}.first": chosen[0] if chosen else "",
                    **{f"{path}.{one}": YES for one in chosen[1:]}}  # fmt: skip
    return {path: scalar(kind, value, by, metric)}


def scalar(kind: Kind, value: Any, by: Reader, metric: str) -> str:
    """The text of a field that holds one value; a limit of 0 where that is none is empty."""
    if value is MISSING:
        value = kind.default
    if value is None:
        return ""
    if kind.sort == "flag":
        return YES if value else ""
    if kind.low == 0 and kind.default == 0 and value == 0:
        return ""
    match sort_of(kind, metric):
        case "money":
            return by.words.money(value, by.currency)
        case "decimal":
            return notation.shown_decimal(by.words, value)
        case "share":
            return notation.shown_share(by.words, value)
    return str(value)


def sort_of(kind: Kind, metric: str) -> str:
    """How a field is typed: a measure is money where the metric beside it is spend."""
    if kind.sort == "measure":
        return "money" if metric == "spend" else "number"
    return "number" if kind.sort == "month" else kind.sort


def listed(value: Any) -> list[Any]:
    """The values of a field that holds a list; none where it is not there."""
    return value if isinstance(value, list) else []


def _words(path: str, value: Any, by: Reader) -> Values:
    """A text for all languages at the path itself, and one for each language below it."""
    by_language = value if isinstance(value, Mapping) else {}
    known = dict.fromkeys((*by.languages, *by_language))
    return {
        path: value if isinstance(value, str) else "",
        **{f"{path}.{lang}": by_language.get(lang, "") for lang in known},
    }


def _plurals(value: Any, by: Reader) -> dict[str, dict[str, str]]:
    """By language and plural category, with the categories that a language has."""
    there: Mapping[str, Mapping[str, str]] = value if isinstance(value, Mapping) else {}
    found = {}
    for lang in dict.fromkeys((*by.languages, *there)):
        own = [name for name, _ in words_of(lang).category_samples()]
        given = there.get(lang, {})
        found[lang] = {form: given.get(form, "") for form in dict.fromkeys((*own, *given))}
    return found


def _names(path: str, value: Any, by: Reader) -> Values:
    there = value if isinstance(value, Mapping) else {}
    found = {path: ""}
    for place, (name, texts_) in enumerate((*there.items(), ("", MISSING))):
        found[f"{path}.{place}.id"] = name
        found |= _words(f"{path}.{place}.name", texts_, by)
    return found


def places(path: str, now: Values) -> int:
    """How many rows a list has in a form."""
    at = len(path) + 1
    places = {name[at:].partition(".")[0] for name in now if name.startswith(f"{path}.")}
    return 1 + max((int(one) for one in places if one.isdigit()), default=-1)
