"""Cards to look at and to test: in every state, ordinary, empty and long."""

from datetime import UTC, date, datetime, timedelta

from regulars.pages.customer.card.games import BadgeRow, ChallengePanel, RafflePanel, RunningRow
from regulars.pages.customer.card.ladder import BenefitRow, Step, TierPanel
from regulars.pages.customer.card.leaderboards import LeaderboardPanel, LeaderboardsPanel, RankRow
from regulars.pages.customer.card.view import (
    BalanceRow,
    CardPage,
    CodePanel,
    DeviceRow,
    DevicesPanel,
    ExpiringRow,
    RewardRow,
    VoucherRow,
)
from regulars.pages.customer.friends import FriendsPanel
from regulars.render.brand import Brand
from regulars.views.customer import GoalPanel
from regulars.views.hero import Hero, Mark
from regulars.views.history import HistoryChange, HistoryRow

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
)
LADDER = (
    Step("Bronz", "done", "az első látogatás óta"),
    Step("Ezüst törzsvendég", "own", "yours until 31 December 2027"),
    Step("Arany", "next", "50 000 Ft in a year", "€150.00 a year", ("minden pont másfélszeres",)),
)
BENEFITS = (
    BenefitRow("A pastry every week", "next on Monday 30 Nov", "gift"),
    BenefitRow("15% off", "always, just show your code", "percent"),
    BenefitRow("Birthday", "tell us your birthday", "cake", ask=True),
    BenefitRow("Priority booking", "", "star"),
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
FRIENDS_URL = "https://regulars.example/j/kavehaz?ref=A1B2C"

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
    wallets=("apple", "google"),
    hero=Hero("way", GOAL),
    code=CodePanel("7F3KQ9AB", "https://example.test/s/7F3KQ9AB", NOW + timedelta(seconds=18), 30),
    tier=TIER,
    benefits=BENEFITS,
    ladder=LADDER,
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
        RafflePanel(
            {"en": "Winter raffle", "hu": "Téli sorsolás"}, 3, date(2026, 12, 25), PASTRY, "9f" * 32
        ),
    ),
)
EMPTY = CARD._replace(
    name="",
    hero=Hero("way", GOAL._replace(have=0, promise=None)),
    benefits=(),
    ladder=(),
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
    hero=Hero("way", GOAL._replace(need=24, have=17, promise=None, reward=LONG_REWARD)),
)
POINTS = CARD._replace(
    brand=Brand("VIP Collective", "#2b6cb0", "scissors"),
    hero=Hero(
        "way",
        GoalPanel(POINT, "points", 185, 300, TASTING),
        marks=(Mark(80, True), Mark(100, True), Mark(300, False)),
    ),
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

FIRST = CARD.vouchers[0]
READY = Hero(
    "reached",
    GOAL._replace(have=0),
    PASTRY,
    "pastry",
    1,
    date(2026, 12, 19),
    FIRST.voucher_id,
    full=True,
)
CARDS = {
    "card": CARD,
    "card-empty": EMPTY,
    "card-long": LONG,
    "card-points": POINTS,
    "card-many": CARD._replace(hero=Hero("way", GOAL._replace(need=60, have=12))),
    "card-one-to-go": EMPTY._replace(hero=Hero("way", GOAL._replace(have=9))),
    "card-reached": CARD._replace(hero=READY),
    "card-several": CARD._replace(
        hero=READY._replace(kind="several", times=3),
        several="Three rewards are waiting for you",
        vouchers=(FIRST, FIRST._replace(voucher_id="v9", locked_because="on hold")),
    ),
    "card-weekly": CARD._replace(hero=READY._replace(every="week", reward=LONG_REWARD)),
    "card-redeemed": CARD._replace(
        hero=Hero("redeemed", GOAL._replace(have=0), PASTRY, at=NOW, left_ms=20_000),
        vouchers=(),
    ),
    "card-owing": CARD._replace(
        hero=Hero("debt", GOAL._replace(have=0, owed=5), unit=POINT, owed=5), vouchers=()
    ),
    "card-expired": CARD._replace(
        hero=Hero("expired", GOAL._replace(have=10), PASTRY, "pastry", until=date(2026, 11, 20)),
        vouchers=(),
    ),
    "card-expired-elsewhere": CARD._replace(
        hero=Hero("expired", GOAL._replace(have=0), PASTRY), vouchers=()
    ),
    "card-lapsed": CARD._replace(
        hero=Hero("lapsed", GOAL._replace(have=0), PASTRY, "pastry", until=date(2026, 11, 20)),
        vouchers=(),
    ),
    "card-held": CARD._replace(hero=Hero("held", GOAL)),
    "card-enough": POINTS._replace(
        hero=POINTS.hero._replace(kind="enough", reward=PASTRY, reward_id="pastry")
    ),
    "card-asked": EMPTY._replace(ask_contact=True, privacy_url="https://kavehaz.example/adat"),
    "card-bare": EMPTY._replace(hero=Hero("none"), code=None),
    "card-ranked": CARD._replace(leaderboards=BOARDS),
    "card-honoured": CARD._replace(
        running=(RunningRow("Tuesday", "Points ×1.5", "today until 18:00"),),
        challenges=(
            ChallengePanel(
                "Five mornings before nine", 2, 5, "2 / 5", "+10 points", "until 30 Nov"
            ),
            ChallengePanel("Ten weeks in a row", 7, 10, "7 / 10", ""),
        ),
        badges=(
            BadgeRow(PASTRY, True),
            BadgeRow("100 visits and never once without a smile for anybody here", False),
        ),
        vouchers=(CARD.vouchers[0]._replace(worth="15% off"), *CARD.vouchers[1:]),
        rewards=(CARD.rewards[0]._replace(worth="Ft 500 off"), *CARD.rewards[1:]),
        older=True,
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
        hero=READY,
        vouchers=tuple(one._replace(code="", url="") for one in CARD.vouchers),
        notice="Rewards are taken and shown on the phone that the card lives on.",
    ),
    "card-in-app": EMPTY._replace(in_app=True, devices=DevicesPanel("free", "/j/kavehaz/recover")),
    "card-friends": EMPTY._replace(
        friends=FriendsPanel("/j/kavehaz?ref=A1B2C", "1 bélyeg", LONG_REWARD, 3, 10, FRIENDS_URL)
    ),
    "card-shared": EMPTY._replace(others=(("m2", LONG_NAME), ("m3", "Péter"))),
    "card-look": EMPTY._replace(devices=DevicesPanel("look", "/j/kavehaz/recover")),
}
