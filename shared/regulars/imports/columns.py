"""Which column of a file is which of ours, guessed from its headings in four languages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from regulars.core.folding import folded
from regulars.domain.program import Program

KEYS = ("external_id", "email", "phone")
"""By these a member is known; a file needs one of them."""

OURS = (
    "external_id", "name", "first_name", "last_name", "email", "phone", "birthday", "language",
    "expires_on", "tier", "tier_until", "enrolled_on", "visits", "spend", "consent_email",
    "consent_sms", "consent_at", "consent_proof", "tags",
)  # fmt: skip
"""Our columns besides the units of the programme."""

_CALLED = {
    "external_id": "external id|id|customer id|member id|member number|card number|customer number|"
    "azonosito|ugyfelszam|ugyfel azonosito|kartyaszam|torzsszam|sorszam|"
    "identyfikator|numer klienta|numer karty|nr karty|nr klienta|id klienta|"
    "номер карты|номер клиента|код клиента|ид|карта номері|клиент нөмірі",
    "name": "name|full name|customer|customer name|client|member|guest|nev|teljes nev|ugyfel|"
    "ugyfel neve|vendeg|vasarlo|tag neve|imie i nazwisko|nazwa|klient|imie nazwisko|имя|фио|"
    "имя и фамилия|клиент|полное имя|аты жөні|аты|есімі|толық аты|клиенттің аты",
    "first_name": "first name|given name|firstname|forename|keresztnev|utonev|imie|тегі жоқ аты",
    "last_name": "last name|surname|lastname|family name|vezeteknev|csaladnev|nazwisko|фамилия|"
    "тегі",
    "email": "email|e mail|mail|email address|e mail address|emailcim|e mail cim|email cim|"
    "adres email|adres e mail|почта|эл почта|электронная почта|адрес почты|пошта|"
    "электрондық пошта|эл пошта",
    "phone": "phone|telephone|mobile|phone number|mobile number|cell|cell phone|tel|telefon|"
    "telefonszam|mobil|mobilszam|numer telefonu|komorka|nr telefonu|телефон|"
    "номер телефона|мобильный|моб телефон|телефон нөмірі|ұялы телефон",
    "birthday": "birthday|birth date|date of birth|dob|birthdate|szuletesnap|szuletesi datum|"
    "szuletes|szul datum|urodziny|data urodzenia|день рождения|дата рождения|"
    "туған күні|туған күн",
    "language": "language|lang|nyelv|jezyk|язык|тіл|тілі",
    "expires_on": "expires on|expires|expiry|expiry date|valid until|lejarat|lejar|ervenyes|"
    "wygasa|wazne do|data waznosci|срок|действует до|сгорают|мерзімі|дейін жарамды",
    "tier": "tier|level|status|szint|fokozat|poziom|уровень|статус|деңгей|дәреже",
    "tier_until": "tier until|level until|szint vege|poziom do|уровень до|деңгей дейін",
    "enrolled_on": "enrolled on|joined|join date|created|created at|member since|signup date|"
    "csatlakozott|regisztralt|regisztracio|belepes datuma|data dolaczenia|dolaczyl|"
    "дата регистрации|зарегистрирован|тіркелген күні|қосылған күні",
    "visits": "visits|visit count|latogatas|latogatasok|latogatasok szama|wizyty|liczba wizyt|"
    "визиты|посещения|число визитов|келу саны|келулер",
    "spend": "spend|spent|total spent|lifetime spend|koltes|osszes koltes|koltott|wydatki|"
    "wydano|расходы|сумма покупок|потрачено|жұмсалған|сатып алу сомасы",
    "consent_email": "consent email|email consent|newsletter|accepts marketing|hirlevel|"
    "email hozzajarulas|zgoda email|zgoda na email|newsletter zgoda|согласие email|рассылка|"
    "пошта келісімі",
    "consent_sms": "consent sms|sms consent|sms|sms hozzajarulas|zgoda sms|согласие смс|смс|"
    "sms келісімі",
    "consent_at": "consent at|consent date|hozzajarulas ideje|hozzajarulas datuma|data zgody|"
    "дата согласия|келісім күні",
    "consent_proof": "consent proof|proof|consent wording|hozzajarulas igazolasa|bizonyitek|"
    "dowod zgody|подтверждение согласия|доказательство|келісім дәлелі",
    "tags": "tags|labels|groups|cimkek|cimke|csoport|tagi|etykiety|теги|метки|группа|тегтер",
}
_BALANCE = "balance|points|point|stamps|stamp|egyenleg|pont|pontok|pontegyenleg|belyeg|belyegek|" \
    "saldo|punkty|punkt|pieczatki|баланс|баллы|балл|бонусы|штампы|ұпай|ұпайлар|мөрлер"  # fmt: skip


class Guess(NamedTuple):
    """Which column is which of ours: by heading; the empty name for one that is not used."""

    columns: Mapping[str, str]
    doubts: tuple[str, ...] = ()
    """Why somebody should look: `key`, `twice`, or `headings`; none when all is clear."""


def known(program: Program) -> tuple[str, ...]:
    """Our columns, those of a programme's units among them."""
    return (*OURS, *(unit for unit in program.units if unit not in OURS))


def guess(headings: Sequence[str], program: Program) -> Guess:
    """Guess what the columns of a file are; see `checked` for the doubts."""
    names = _names(program)
    return checked({one: names.get(folded(one), "") for one in headings if one}, headings)


def checked(columns: Mapping[str, str], headings: Sequence[str]) -> Guess:
    """A mapping with what is doubtful in it."""
    used = Counter(name for name in columns.values() if name)
    doubts = []
    if len(set(headings)) < len(headings):
        doubts.append("headings")
    if not any(key in used for key in KEYS):
        doubts.append("key")
    if any(count > 1 for count in used.values()):
        doubts.append("twice")
    return Guess(columns, tuple(doubts))


def twice(rows: Sequence[tuple[int, Sequence[str]]], headings: Sequence[str],
          columns: Mapping[str, str]) -> set[int]:  # fmt: skip
    """The lines that are about somebody who is in an earlier line, by any of the keys."""
    places = [(n, columns.get(one, "")) for n, one in enumerate(headings)]
    places = [(n, ours) for n, ours in places if ours in KEYS]
    seen: set[tuple[str, str]] = set()
    found = set()
    for line, cells in rows:
        named = {(ours, cells[n].casefold()) for n, ours in places if n < len(cells) and cells[n]}
        if named & seen:
            found.add(line)
        seen |= named
    return found


def _names(program: Program) -> dict[str, str]:
    """Our column by a folded heading."""
    found = {folded(name): ours for ours, names in _CALLED.items() for name in names.split("|")}
    found |= {folded(ours): ours for ours in OURS}
    units = list(program.units.values())
    if len(units) == 1:
        found |= {folded(name): units[0].id for name in _BALANCE.split("|")}
    for unit in units:
        found[folded(unit.id)] = unit.id
        found |= {folded(name): unit.id for name in _words_in(unit.name)}
    return found


def _words_in(names: object) -> Iterator[str]:
    """Every form of a name, in every language."""
    if isinstance(names, str):
        yield names
    elif isinstance(names, Mapping):
        for one in names.values():
            yield from _words_in(one)
