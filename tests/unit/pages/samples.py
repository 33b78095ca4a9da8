"""Views to look at and to test: ordinary, empty, long, done, in points."""

from datetime import timedelta
from typing import Any, get_args

from regulars.http.headers import of_page
from regulars.i18n.words import Words
from regulars.i18n.words import words as words_of
from regulars.pages.console.sign_in import view as sign_in
from regulars.pages.console.sign_in.view import SignInPage
from regulars.pages.counter.display import view as display
from regulars.pages.counter.display.view import DisplayPage
from regulars.pages.counter.enroll import view as enroll
from regulars.pages.counter.enroll.view import EnrollPage
from regulars.pages.counter.screen import texts
from regulars.pages.counter.screen import view as counter
from regulars.pages.counter.screen.view import Colleague, CounterPage, Here
from regulars.pages.counter.who import view as who
from regulars.pages.counter.who.view import Choice, WhoPage
from regulars.pages.customer.card import view as card
from regulars.pages.customer.card.view import CardPage
from regulars.pages.customer.code import view as code
from regulars.pages.customer.code.view import CodePage
from regulars.pages.customer.controller import Controller
from regulars.pages.customer.figures import view as figures
from regulars.pages.customer.figures.view import FiguresPage
from regulars.pages.customer.front import view as front
from regulars.pages.customer.front.view import FrontPage
from regulars.pages.customer.history import view as history
from regulars.pages.customer.history.view import HistoryPage
from regulars.pages.customer.join import view as join
from regulars.pages.customer.join.view import JoinPage
from regulars.pages.customer.mailed import view as mailed
from regulars.pages.customer.mailed.view import MailedPage
from regulars.pages.customer.profile import view as profile
from regulars.pages.customer.profile.view import Agreement, Fact, ProfilePage
from regulars.pages.customer.recover import view as recover
from regulars.pages.customer.recover.view import RecoverPage
from regulars.pages.customer.unsubscribe import view as unsubscribe
from regulars.pages.customer.unsubscribe.view import UnsubscribePage
from regulars.pages.message import view as message
from regulars.pages.message.view import MessagePage
from regulars.render import page
from regulars.render.mail import MailBlock, MailBody
from regulars.render.page import RenderedPage, View
from regulars.views.customer import GoalPanel
from tests.unit.pages import console
from tests.unit.pages.card_samples import (
    BRAND,
    CARD,
    CARDS,
    GOAL,
    LANGUAGES,
    LONG_BRAND,
    LONG_NAME,
    NOW,
    PASTRY,
    POINT,
    STAMP,
    TASTING,
)

CONTROLLER = Controller(
    "Kávéház a sarkon Bt., 1052 Budapest, Fő utca 1.",
    "adat@kavehaz.example",
    "https://kavehaz.example/adat",
    24,
)
CONSENTS = {
    "email": "Írhattok e-mailt a kártyámról és az ajánlatokról",
    "sms": "Írhattok SMS-t a kártyámról és az ajánlatokról",
}
JOIN = JoinPage(
    BRAND, "/j/kavehaz", "once1", LANGUAGES, CONTROLLER, CONSENTS, goal=GOAL._replace(have=1)
)
LONG_MAIL = "a.very.long.address.of.somebody.who.has.many.names@a-long-domain.example"
PROFILE = ProfilePage(
    BRAND,
    "/card/kavehaz/profile",
    "/card/kavehaz",
    "Anna",
    (
        Fact("name", "Anna", "Anna"),
        Fact("email", "anna@example.com", "anna@example.com"),
        Fact("phone", "", "+36 30 123 4567", waiting="+36 30 123 4567"),
        Fact("birthday", "05-21", "05-21"),
        Fact("language", "hu", "hu"),
    ),
    (
        Agreement("email", CONSENTS["email"], given=True),
        Agreement("sms", CONSENTS["sms"], given=False),
    ),
    LANGUAGES,
    CONTROLLER,
)
PROFILE_LONG = PROFILE._replace(
    name=LONG_NAME,
    facts=(
        Fact("name", LONG_NAME, LONG_NAME),
        Fact("email", "anna@example.com", LONG_MAIL, waiting=LONG_MAIL),
        Fact("phone", "", "12", error="invalid"),
        Fact("birthday", "", ""),
    ),
    done=True,
    languages=("en",),
)
VISIT_KEY = {"id": "visit", "kind": "visit", "name": "+1", "hint": "stamp"}
AMOUNT_KEY = {"id": "amount", "kind": "amount", "name": "Amount", "hint": "one sale with the rest"}
PEOPLE = (
    Colleague("k", "Kata", needs_pin=True, is_manager=False, may_sign_in=True),
    Colleague("e", "Éva", needs_pin=True, is_manager=True, may_sign_in=True),
)
STAFF = CounterPage(
    BRAND,
    "Kata",
    "Fő utca",
    "HUF",
    "Europe/Budapest",
    LANGUAGES,
    {"stamp": STAMP, "point": POINT},
    keys=(VISIT_KEY, AMOUNT_KEY),
    stamp="stamp",
    today=64,
    here=Here("", "", "k", "staff", PEOPLE),
    join_url="https://example.test/j/kavehaz?source=counter",
)
ENROLL = EnrollPage(BRAND, "ask", "/staff/abc", "Kata", "Tablet at the window", "Fő utca")
WHO = WhoPage(
    BRAND,
    "Tablet at the window",
    "Fő utca",
    (Choice("a", "Anna", needs_pin=False), Choice("k", "Kata", needs_pin=True)),
    LANGUAGES,
)
MAIL = MailBody(
    BRAND,
    "Your week",
    (
        MailBlock("title", "29 new members"),
        MailBlock("figures", rows=(("412", "visits", "+38 on last week"), ("61%", "came back"))),
        MailBlock(
            "todo", "Worth doing", rows=(("23 stayed away", "Send", "https://example.test/a"),)
        ),
        MailBlock("rows", "Best guests", rows=(("Anna", "14 visits"),)),
        MailBlock("stamps", have=7, need=10, text="3 to go"),
        MailBlock("text", "A sentence."),
        MailBlock("button", "Open", "https://example.test/c/1"),
        MailBlock("note", "Small print"),
    ),
    preview="29 new members",
    reason="You get this because the shop is yours.",
    unsubscribe_url="https://example.test/u/abc",
    address="Kávéház a sarkon Bt., 1052 Budapest, Fő utca 1.",
)

CODE = CodePage(
    BRAND, "ask", "/t/abc", LANGUAGES, name="Anna", goal=GOAL, got=((STAMP, 1),), pending=1,
    minutes=180, at="8:42", card="/card/corner", once="once0000", trap="left_blank",
)  # fmt: skip
DISPLAY = DisplayPage(
    BRAND, "Tíz látogatás, egy kávé ajándék", words_of("en"), "Ten visits, one coffee on the house",
    "Fő utca",
)  # fmt: skip
MAILED = MailedPage(BRAND, "/m/abc", "ask", "anna@example.com")

RECOVER = RecoverPage(BRAND, "/j/kavehaz/recover", "/j/kavehaz", CONTROLLER)

HISTORY = HistoryPage(
    BRAND,
    "/card/kavehaz",
    "Europe/Budapest",
    NOW,
    history.months(
        (
            *CARD.history,
            *(CARD.history[0]._replace(at=NOW - timedelta(days=it)) for it in (8, 9, 40)),
        ),
        "Europe/Budapest",
        NOW,
        words_of("hu"),
    ),
    "/card/kavehaz/history?before=12",
)

PAGES: dict[str, View] = {
    **CARDS,
    "history": HISTORY,
    "history-empty": HISTORY._replace(months=(), older=""),
    "recover": RECOVER,
    "profile": PROFILE,
    "profile-long": PROFILE_LONG,
    "profile-empty": PROFILE._replace(
        name="", facts=tuple(one._replace(value="", typed="", waiting="") for one in PROFILE.facts)
    ),
    "recover-mailed": RECOVER._replace(outcome="mailed"),
    "recover-no-contact": RECOVER._replace(outcome="no_contact", contact="anna@"),
    "recover-no-code": RECOVER._replace(outcome="no_code"),
    "join": JOIN,
    "join-wrong": JOIN._replace(
        values={"email": "anna@", "phone": "12", "birthday": "x", "name": "A" * 90},
        errors={"email": "invalid", "phone": "invalid", "birthday": "invalid", "name": "too_long"},
        recover="/j/kavehaz/recover",
    ),
    "join-of-age": JOIN._replace(min_age=16),
    "join-too-young": JOIN._replace(
        min_age=16, values={"birthday": "2015-05-21"}, errors={"birthday": "too_young"}
    ),
    "join-no-date": JOIN._replace(min_age=18, errors={"birthday": "invalid"}),
    "join-trapped": JOIN._replace(values={"email": "anna@example.com"}, ask_person=True),
    "join-friend": JOIN._replace(friend="Anna", gift="1 bélyeg"),
    "join-in-app": JOIN._replace(in_app=True),
    "join-long": JOIN._replace(brand=LONG_BRAND, goal=None, languages=("en",)),
    "join-points": JOIN._replace(goal=GoalPanel(POINT, "points", 50, 500, PASTRY)),
    "sign-in": SignInPage("address", again=True, passkeys=True),
    "sign-in-number": SignInPage("address"),
    "sign-in-code": SignInPage("code", wrong=True),
    "sign-in-link": SignInPage("link"),
    "sign-in-shops": SignInPage("shops", shops=(("m1", "Corner Café"), ("m2", "L" * 80))),
    "sign-in-elsewhere": SignInPage("elsewhere"),
    "sign-in-over": SignInPage("over"),
    "enroll": ENROLL,
    "enroll-used": ENROLL._replace(state="used"),
    "enroll-over": ENROLL._replace(state="over"),
    "enroll-long": ENROLL._replace(
        brand=LONG_BRAND, person="Nagyné Kovács-Szentgyörgyi Boglárka Mária", device="T" * 80
    ),
    "who": WHO,
    "who-one": WHO._replace(people=WHO.people[:1]),
    "who-nobody": WHO._replace(people=()),
    "who-many": WHO._replace(
        people=tuple(
            Choice(str(number), f"Nagyné Kovács-Szentgyörgyi Boglárka {number}", needs_pin=True)
            for number in range(12)
        )
    ),
    "staff": STAFF,
    "staff-gifts": STAFF._replace(
        gifts={
            "warm": ({"en": "For a hard day", "hu": "Nehéz napra"}, PASTRY),
            "new": ("First time here", TASTING),
        },
        rewards={"pastry": PASTRY, "tasting": TASTING},
    ),
    "staff-amounts": STAFF._replace(stamp=None, currency="EUR", keys=(AMOUNT_KEY,)),
    **{f"code-{state}": CODE._replace(state=state) for state in get_args(code.State)},
    "code-join-again": CODE._replace(
        state="join",
        name="",
        card="",
        min_age=16,
        error="too_young",
        typed="2020-01-01",
        ask_person=True,
        controller=Controller("Corner Café, 8 High Street", "a@b.example"),
    ),
    "code-points": CODE._replace(state="done", goal=None, got=((POINT, 240),)),
    "display": DISPLAY,
    "display-one": DISPLAY._replace(brand=LONG_BRAND, promise="", second=None),
    "mailed": MAILED,
    "mailed-own": MAILED._replace(own=True),
    "mailed-done": MAILED._replace(state="done", card_path="/c/abc"),
    "mailed-used": MAILED._replace(state="used"),
    "mailed-old": MAILED._replace(state="expired"),
    "mailed-taken": MAILED._replace(state="taken"),
    "mailed-way": MAILED._replace(state="way", recover="/j/kavehaz/recover"),
    "mailed-way-used": MAILED._replace(state="way_used", recover="/j/kavehaz/recover"),
    "mailed-way-old": MAILED._replace(state="way_old", recover="/j/kavehaz/recover"),
    "message": MessagePage("link_dead", BRAND),
    "message-again": MessagePage("try_again", link=("/j/kavehaz", "Again")),
    "message-slower": MessagePage("too_many", minutes=15),
    "message-many": MessagePage("many_join", BRAND, minutes=10),
    "message-own": MessagePage("plain", BRAND, "Done", "All is well."),
    "figures": FiguresPage(BRAND, "Éva" * 20, 1200, 340, 12_345_678, "EUR"),
    "figures-none": FiguresPage(BRAND, "إيفا", 0, 0, 0, "HUF"),
    "front": FrontPage(),
    "unsubscribe": UnsubscribePage(BRAND, "/u/abc"),
    "unsubscribe-sms": UnsubscribePage(BRAND, "/u/abc", "sms"),
    "unsubscribed": UnsubscribePage(BRAND, "/u/abc", done=True),
    **console.PAGES,
}


_TEMPLATES = {
    CardPage: card.TEMPLATE,
    CodePage: code.TEMPLATE,
    DisplayPage: display.TEMPLATE,
    CounterPage: counter.TEMPLATE,
    HistoryPage: history.TEMPLATE,
    EnrollPage: enroll.TEMPLATE,
    SignInPage: sign_in.TEMPLATE,
    JoinPage: join.TEMPLATE,
    MailedPage: mailed.TEMPLATE,
    MessagePage: message.TEMPLATE,
    RecoverPage: recover.TEMPLATE,
    FiguresPage: figures.TEMPLATE,
    ProfilePage: profile.TEMPLATE,
    FrontPage: front.TEMPLATE,
    UnsubscribePage: unsubscribe.TEMPLATE,
    WhoPage: who.TEMPLATE,
    **console.TEMPLATES,
}


def template_of(view: View) -> page.Template:
    """The template that a view is rendered with."""
    return _TEMPLATES[type(view)]


def render(view: View, words: Words) -> RenderedPage:
    """The page of a view as its handler renders it."""
    more: dict[str, Any] = {}
    if isinstance(view, CounterPage):
        more = {"setup": texts.setup(view, words)}
    elif "pages/console/frame/frame.css" in template_of(view).css:
        more = {"frame": console.frame(view, words)}
    return page.render(template_of(view), view, words, **more)


def headers(shown: RenderedPage) -> dict[str, str]:
    """The headers of a page, names in lower case."""
    found = of_page(shown.style_hashes, camera=shown.camera)
    return {name.lower(): value for name, value in found.items()}


def tainted(value: Any, text: str) -> Any:
    """`value` (a view) with every free text that comes from people replaced by `text`."""
    if hasattr(value, "_fields"):  # a named tuple
        changes = {
            name: text if name in _FREE else tainted(getattr(value, name), text)
            for name in value._fields
        }
        return value._replace(**changes)
    if isinstance(value, tuple):
        return tuple(tainted(item, text) for item in value)
    if isinstance(value, dict):
        return {key: text if isinstance(v, str) else tainted(v, text) for key, v in value.items()}
    return value


_FREE = {"name", "reward", "why", "locked_because", "staff", "location", "source"}
_FREE |= {"ref", "title", "text", "button", "next", "notice", "program", "subject", "preview"}
_FREE |= {"person", "device"}
_FREE |= {"shown_as", "period", "hint", "score"}
