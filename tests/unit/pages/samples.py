"""Views to look at and to test: ordinary, empty, long, done, in points."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from regulars.http.headers import of_page
from regulars.i18n.words import Words
from regulars.pages.console.home import view as home
from regulars.pages.console.home.view import HomePage, PasskeyRow, PasskeysPanel
from regulars.pages.console.sign_in import view as sign_in
from regulars.pages.console.sign_in.view import SignInPage
from regulars.pages.counter.enroll import view as enroll
from regulars.pages.counter.enroll.view import EnrollPage
from regulars.pages.counter.screen import texts
from regulars.pages.counter.screen import view as counter
from regulars.pages.counter.screen.view import Colleague, CounterPage, Here
from regulars.pages.counter.who import view as who
from regulars.pages.counter.who.view import Choice, WhoPage
from regulars.pages.customer.card import view as card
from regulars.pages.customer.card.history import HistoryChange, HistoryRow
from regulars.pages.customer.card.leaderboards import LeaderboardPanel, LeaderboardsPanel, RankRow
from regulars.pages.customer.card.view import (
    BalanceRow,
    CardPage,
    CodePanel,
    DeviceRow,
    DevicesPanel,
    ExpiringRow,
    RafflePanel,
    RewardRow,
    TierPanel,
    VoucherRow,
)
from regulars.pages.customer.controller import Controller
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
from regulars.render.brand import Brand
from regulars.render.mail import MailBlock, MailBody
from regulars.render.page import RenderedPage, View
from regulars.views.customer import GoalPanel

NOW = datetime(2026, 11, 22, 7, 50, tzinfo=UTC)
LANGUAGES = ("en", "hu", "pl", "kk")
STAMP = {
    "en": {"one": "stamp", "other": "stamps"},
    "hu": {"one": "bélyeg", "other": "bélyeg"},
    "pl": {"one": "pieczątka", "few": "pieczątki", "many": "pieczątek", "other": "pieczątki"},
    "kk": {"one": "мөр", "other": "мөр"},
}
POINT = {
    "en": {"one": "point", "other": "points"},
    "hu": {"one": "pont", "other": "pont"},
    "pl": {"one": "punkt", "few": "punkty", "many": "punktów", "other": "punktu"},
    "kk": {"one": "ұпай", "other": "ұпай"},
}
PASTRY = {
    "en": "Home pastry",
    "hu": "Házi sütemény",
    "pl": "Domowe ciasto",
    "kk": "Үйде пісірілген тәтті",
}
TASTING = {
    "en": "Coffee tasting for two",
    "hu": "Kávékóstoló két főre",
    "pl": "Degustacja kawy dla dwóch osób",
    "kk": "Екі адамға кофе дегустациясы",
}
BRAND = Brand("Kávéház a sarkon", "#7a3a1c", "cup")
LONG_BRAND = Brand(
    "Nagyapám Kézműves Pékárui és Legfinomabb Süteményei a Nagykörúton Bt.", "#ffd400", "bread"
)
LONG_NAME = "Wolfeschlegelsteinhausenbergerdorff-Kovács-Szentgyörgyi Boglárka Mária Antónia"
LONG_REWARD = "Donaudampfschifffahrtsgesellschaftskapitänsmützenkuchen nach Großmutters Rezept"
GOAL = GoalPanel(
    STAMP,
    "stamps",
    7,
    10,
    {"en": "a coffee on the house", "hu": "egy kávé a ház ajándéka"},
    {
        "en": {
            "one": "{n} more visit and the coffee is on the house",
            "other": "{n} more visits and the coffee is on the house",
        },
        "hu": {"other": "Még {n} látogatás, és a kávé a ház ajándéka"},
        "pl": {
            "one": "Jeszcze {n} wizyta i kawa na nasz koszt",
            "few": "Jeszcze {n} wizyty i kawa na nasz koszt",
            "many": "Jeszcze {n} wizyt i kawa na nasz koszt",
        },
        "kk": {"other": "Тағы {n} рет келсеңіз, кофе бізден"},
    },
)
TIER = TierPanel(
    {"en": "Silver", "hu": "Ezüst törzsvendég"},
    {"en": "Gold", "hu": "Arany"},
    "spend",
    4_200_000,
    5_000_000,
    "year",
    ({"en": "every point counts one and a half", "hu": "minden pont másfélszeres"},),
    ("10 %",),
    date(2027, 12, 31),
)
LIVES_HERE = DevicesPanel(
    "here",
    "/j/kavehaz/recover",
    code="7F3KQ9AB",
    rows=(
        DeviceRow("3fa1", "iPhone", date(2026, 3, 1), own=True),
        DeviceRow("9bc2", "", date(2026, 11, 2)),
    ),
    has_recovery=True,
)
CARD = CardPage(
    brand=BRAND,
    path="/c/abcdefghijklmnopqrstuv",
    name="Anna",
    languages=LANGUAGES,
    currency="HUF",
    zone="Europe/Budapest",
    now=NOW,
    etag='"17"',
    seen="note-17",
    once="nonce123",
    link="/c/abcdefghijklmnopqrstuv",
    devices=LIVES_HERE,
    goal=GOAL,
    code=CodePanel("7F3KQ9AB", "https://example.test/s/7F3KQ9AB", NOW + timedelta(seconds=18), 30),
    tier=TIER,
    vouchers=(
        VoucherRow(
            "v1",
            PASTRY,
            "PXQ7K2MD4T",
            "https://example.test/v/PXQ7K2MD4T",
            NOW + timedelta(days=27),
        ),
        VoucherRow("v2", TASTING, "AB12CD34EF", "https://example.test/v/AB12CD34EF"),
        VoucherRow(
            "v3",
            "Points as money",
            "QW7R2MD4TX",
            "https://example.test/v/QW7R2MD4TX",
            worth="663 Ft of 1 000 Ft left",
        ),
    ),
    rewards=(
        RewardRow("pastry", PASTRY, POINT, 80, 185, affordable=True),
        RewardRow("tasting", TASTING, POINT, 300, 185, affordable=False),
        RewardRow(
            "money",
            "Points as money",
            POINT,
            100,
            185,
            affordable=True,
            worth="100 points = 500 Ft",
            step=20,
        ),
        RewardRow("mug", "Mug", POINT, 100, 185, affordable=False, locked_because="From Gold up"),
    ),
    balances=(BalanceRow(POINT, 185, 10, 5),),
    expiring=(ExpiringRow(POINT, 40, date(2026, 12, 31)),),
    history=(
        HistoryRow(
            NOW - timedelta(minutes=8),
            (HistoryChange(STAMP, 1), HistoryChange(POINT, 12)),
            "8 points for 840 Ft + 4 for Tuesday ×1.5",
            location="Fő utca",
        ),
        HistoryRow(NOW - timedelta(days=3), (HistoryChange(POINT, -80),), "home pastry, redeemed"),
    ),
    raffles=(
        RafflePanel({"en": "Winter raffle", "hu": "Téli sorsolás"}, 3, date(2026, 12, 25), PASTRY),
    ),
)
EMPTY = CARD._replace(
    name="",
    goal=GOAL._replace(have=0, promise=None),
    tier=None,
    vouchers=(),
    rewards=(),
    balances=(),
    expiring=(),
    history=(),
    raffles=(),
)
LONG = CARD._replace(
    brand=LONG_BRAND,
    name=LONG_NAME,
    goal=GOAL._replace(need=24, have=17, promise=None, reward=LONG_REWARD),
)
POINTS = CARD._replace(
    brand=Brand("VIP Collective", "#2b6cb0", "scissors"),
    goal=GoalPanel(POINT, "points", 185, 300, TASTING),
)
BOARDS = LeaderboardsPanel(
    takes_part=True,
    shown_as="Anna K.",
    boards=(
        LeaderboardPanel(
            {"en": "Most visits", "hu": "Legtöbb látogatás"},
            "this month",
            (
                RankRow(1, "Zoltán N.", "14 visits"),
                RankRow(2, "Anna K.", "9 visits", mine=True),
                RankRow(2, "Wolfeschlegelsteinhausen S.", "9 visits"),
                RankRow(4, "A member", "8 visits"),
            ),
            place=2,
            members=12,
        ),
        LeaderboardPanel("Most spent", "last year", hint="You have no place on it yet."),
    ),
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

MAILED = MailedPage(BRAND, "/m/abc", "ask", "anna@example.com")

RECOVER = RecoverPage(BRAND, "/j/kavehaz/recover", "/j/kavehaz", CONTROLLER)

PAGES: dict[str, View] = {
    "card": CARD,
    "card-empty": EMPTY,
    "card-long": LONG,
    "card-points": POINTS,
    "card-many": CARD._replace(goal=GOAL._replace(need=60, have=12)),
    "card-done": CARD._replace(goal=GOAL._replace(have=10)),
    "card-bare": EMPTY._replace(goal=None, code=None),
    "card-ranked": CARD._replace(leaderboards=BOARDS),
    "card-honoured": CARD._replace(
        badges=(PASTRY, TASTING, "100 visits and never once without a smile for anybody here"),
        vouchers=(CARD.vouchers[0]._replace(worth="15% off"), *CARD.vouchers[1:]),
        rewards=(CARD.rewards[0]._replace(worth="Ft 500 off"), *CARD.rewards[1:]),
        tier=TIER._replace(offers=("Espresso Fan: €15.00 a month", "Connoisseur: €150.00 a year")),
    ),
    "card-unranked": LONG._replace(
        leaderboards=LeaderboardsPanel(
            takes_part=False, shown_as="Wolfeschlegelsteinhausen S.", boards=BOARDS.boards
        )
    ),
    "card-recovery": CARD._replace(devices=LIVES_HERE._replace(recovery="ABCDEFGHJK")),
    "card-free": CARD._replace(devices=DevicesPanel("free", "/j/kavehaz/recover")),
    "card-elsewhere": CARD._replace(
        devices=DevicesPanel("elsewhere", "/j/kavehaz/recover"),
        on_device=False,
        vouchers=tuple(one._replace(code="", url="") for one in CARD.vouchers),
        notice="Rewards are taken and shown on the phone that the card lives on.",
    ),
    "card-look": EMPTY._replace(devices=DevicesPanel("look", "/j/kavehaz/recover")),
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
    "join-long": JOIN._replace(brand=LONG_BRAND, goal=None, languages=("en",)),
    "join-points": JOIN._replace(goal=GoalPanel(POINT, "points", 50, 500, PASTRY)),
    "console": HomePage(BRAND, "Kata", "owner"),
    "console-long": HomePage(
        LONG_BRAND,
        "Nagyné Kovács-Szentgyörgyi Boglárka Mária",
        "owner",
        passkeys=PasskeysPanel(
            (
                PasskeyRow("1" * 16, LONG_NAME[:60], NOW, NOW),
                PasskeyRow("2" * 16, "", NOW, None),
            )
        ),
    ),
    "console-no-passkeys": HomePage(BRAND, "Kata", "manager", passkeys=PasskeysPanel()),
    "console-ten-passkeys": HomePage(
        BRAND,
        "Kata",
        "owner",
        passkeys=PasskeysPanel((PasskeyRow("1" * 16, "Kata telefonja", NOW, NOW),) * 10, False),
    ),
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
    "unsubscribe": UnsubscribePage(BRAND, "/u/abc"),
    "unsubscribe-sms": UnsubscribePage(BRAND, "/u/abc", "sms"),
    "unsubscribed": UnsubscribePage(BRAND, "/u/abc", done=True),
}


_TEMPLATES = {
    CardPage: card.TEMPLATE,
    CounterPage: counter.TEMPLATE,
    EnrollPage: enroll.TEMPLATE,
    HomePage: home.TEMPLATE,
    SignInPage: sign_in.TEMPLATE,
    JoinPage: join.TEMPLATE,
    MailedPage: mailed.TEMPLATE,
    MessagePage: message.TEMPLATE,
    RecoverPage: recover.TEMPLATE,
    ProfilePage: profile.TEMPLATE,
    UnsubscribePage: unsubscribe.TEMPLATE,
    WhoPage: who.TEMPLATE,
}


def template_of(view: View) -> page.Template:
    """The template that a view is rendered with."""
    return _TEMPLATES[type(view)]


def render(view: View, words: Words) -> RenderedPage:
    """The page of a view as its handler renders it."""
    more = {"setup": texts.setup(view, words)} if isinstance(view, CounterPage) else {}
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
