"""What people do in a world: a handful of short stories, each for many fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.functional.effects.world import Document, World

Scenario = Callable[[World, Document], None]

REPEATED = frozenset({"metric", "window", "from", "until"})
"""What answers about leaderboards and raffles repeat of the document."""

SALE = [
    {"sku": "espresso", "category": "coffee", "quantity": 2, "amount_minor": 640},
    {"sku": "card-10", "category": "gift-card", "quantity": 1, "amount_minor": 1000},
]


def coming(world: World, document: Document) -> None:
    """A member joins, comes, buys, and buys again on the next morning."""
    world.publish(document)
    ann = join(world, "Ann Bell", birthday="12-24")
    earn(world, ann, location="main")
    earn(world, ann, items=SALE, order_id="first", location="main")
    look(world, ann)
    world.walk("P1D")
    earn(world, ann, visits=2, spend_minor=2100, location="kiosk")
    look(world, ann)


def returning(world: World, document: Document) -> None:
    """What time does to a card: a day, a month, a quarter, more than a year later."""
    world.publish(document)
    ann = join(world, "Ann Bell", birthday="12-24")
    earn(world, ann, visits=2, items=SALE)
    for duration in ("P1D", "P41D", "P50D", "P300D"):
        world.walk(duration)
        look(world, ann)
        if duration == "P41D":
            earn(world, ann)


def leaping(world: World, document: Document) -> None:
    """A member who was born on 29 February has a birthday in another year."""
    world.publish(document)
    ann = join(world, "Ann Bell", birthday="02-29")
    world.walk("P120D")
    look(world, ann)


def taking(world: World, document: Document) -> None:
    """Two members take what they can, come back for more, and hand it over."""
    world.publish(document)
    ann, bob = join(world, "Ann Bell"), join(world, "Bob Hill")
    for member in (ann, bob):
        body = {"member_id": member, "unit": "point", "amount": 100, "reason": "to begin with"}
        world.ask("POST", "/v1/adjust", body)
    for member in (ann, ann, bob):
        take(world, member)
    world.walk("P1D")
    voucher = take(world, ann)
    look(world, ann)
    world.ask("POST", f"/v1/vouchers/{voucher.get('code', 'NONE')}/redeem", {})
    look(world, bob)


def spending(world: World, document: Document) -> None:
    """A member takes points as money off, the least and some more, and uses a part of it."""
    world.publish(document)
    ann = join(world, "Ann Bell")
    body = {"member_id": ann, "unit": "point", "amount": 100, "reason": "to begin with"}
    world.ask("POST", "/v1/adjust", body)
    take(world, ann)
    world.ask("POST", "/v1/vouchers", {"member_id": ann, "reward_id": "cake", "units": 12})
    voucher = world.ask(
        "POST", "/v1/vouchers", {"member_id": ann, "reward_id": "cake", "units": 40}
    )
    order = {"order_id": "first", "order_minor": 300}
    world.ask("POST", f"/v1/vouchers/{voucher['code']}/redeem", order)
    look(world, ann)


def acting(world: World, document: Document) -> None:
    """A member writes reviews, and follows the shop."""
    world.publish(document)
    ann = join(world, "Ann Bell")
    for action in ("review", "review", "follow"):
        world.ask("POST", "/v1/actions", {"member_id": ann, "action": action})
    world.walk("P1D")
    world.ask("POST", "/v1/actions", {"member_id": ann, "action": "review"})
    look(world, ann)


def bringing(world: World, document: Document) -> None:
    """A member brings two friends; each buys little, then more."""
    world.publish(document)
    ann = join(world, "Ann Bell")
    for name in ("Bob Hill", "Cid Moor"):
        friend = join(world, name, referred_by=ann)
        for spend_minor in (300, 900):
            earn(world, friend, spend_minor=spend_minor)
        look(world, friend)
    look(world, ann)


def refunding(world: World, document: Document) -> None:
    """What a sale brought is spent, then the sale is refunded."""
    world.publish(document)
    ann = join(world, "Ann Bell")
    earn(world, ann, spend_minor=2000, order_id="first")
    code = take(world, ann)["code"]
    world.ask("POST", f"/v1/vouchers/{code}/redeem", {"order_id": "first"})
    world.ask("POST", "/v1/refunds", {"order_id": "first", "refund_id": "1"})
    look(world, ann)
    earn(world, ann, spend_minor=1000, order_id="second")
    part = {"order_id": "second", "refund_id": "2", "amount_minor": 400}
    world.ask("POST", "/v1/refunds", part)
    look(world, ann)


def ringing_up(world: World, document: Document) -> None:
    """A sale with all that tills ring up besides goods, and one that costs nothing."""
    world.publish(document)
    ann = join(world, "Ann Bell")
    more = [
        {"quantity": 1, "amount_minor": 2000, "kind": "gift_card"},
        {"quantity": 1, "amount_minor": 300, "kind": "delivery"},
    ]
    earn(world, ann, items=[*SALE, *more], tip_minor=500, tax_minor=400)
    earn(world, ann, spend_minor=0)
    look(world, ann)


def climbing(world: World, document: Document) -> None:
    """A member buys a package and a membership, and earns in the tier that is reached."""
    world.publish(document)
    ann = join(world, "Ann Bell")
    look(world, ann)
    earn(world, ann, items=SALE)
    body = {"tier": "gold", "by": "membership"}
    world.ask("POST", f"/v1/members/{ann}/tier", body)
    earn(world, ann, visits=1, spend_minor=1000)
    look(world, ann)


def giving(world: World, document: Document) -> None:
    """Staff give surprises to two members, today and tomorrow."""
    world.publish(document)
    ann, bob = join(world, "Ann Bell"), join(world, "Bob Hill")
    for member in (ann, ann, bob):
        world.ask("POST", "/v1/gifts", {"member_id": member, "surprise": "kind"})
    world.walk("P1D")
    world.ask("POST", "/v1/gifts", {"member_id": ann, "surprise": "kind"})
    look(world, ann)


def competing(world: World, document: Document) -> None:
    """Five members come as often as they like; the boards are counted at night, and later."""
    world.publish(document)
    members = [join(world, f"{name} Bell") for name in ("Ann", "Bob", "Cid", "Dan", "Eve")]
    for number, member in enumerate(members):
        earn(world, member, visits=number + 1, spend_minor=(5 - number) * 1000)
    for duration in ("P1D", "P15D", "P50D"):
        world.walk(duration)
        world.ask("GET", "/v1/leaderboards/regulars", without=REPEATED)
        world.ask("GET", "/v1/raffles/winter", without=REPEATED)
        for member in members[:3]:
            look(world, member)


def at_the_door(world: World, document: Document) -> None:
    """The live merchant's pages: somebody joins, and is seen at the counter."""
    world.publish(document, live=True)
    world.page("GET", "/j/corner")
    world.page("POST", "/j/corner", form="name=Ann&phone=301234567&once=0123456789")
    cookies = world.sign_in()
    world.page("GET", "/staff/counter", cookies=cookies)
    found = world.ask("GET", "/v1/members", query={"q": "Ann"}, live=True)["items"]
    for card in found:
        earn(world, card["member_id"], live=True)
    world.page("GET", "/staff/api/member", query={"q": "+36301234567"}, cookies=cookies)


def at_the_counter(world: World, document: Document) -> None:
    """Somebody books by hand in the main street: sales, gifts, and what they take back."""
    world.publish(document)
    ann = join(world, "Ann Bell")
    staff_id = world.ask("POST", "/v1/staff", {"name": "Kata"})["staff_id"]
    link = world.make(
        "POST", f"/v1/staff/{staff_id}/devices", {"name": "Till", "location": "main"}
    )["enrol_url"]
    cookies = world.sign_in(link)

    def post(path: str, **body: Any) -> None:
        world.book(path, {"member_id": ann, **body}, cookies)

    for spend in (1500, 2500, 1500):
        post("/v1/earn", spend_minor=spend)
    for _ in range(2):
        post("/v1/gifts", surprise="kind")
    for seq in (2, 3):
        post("/staff/api/undo", seq=seq)


def scanning(world: World, document: Document) -> None:
    """A guest joins with a code of the counter, scans the one on the wall of the main street, and
    the display."""
    world.publish(document)
    cookies = world.scan(world.make("POST", "/v1/codes", {"kind": "once"})["url"], {})
    wall = world.make("POST", "/v1/codes", {"kind": "printed", "location": "main"})["url"]
    for _ in range(2):
        world.scan(wall, cookies)
        world.walk("PT130M")
        wall = world.make("POST", "/v1/codes", {"kind": "printed", "location": "main"})["url"]
    world.scan(wall, cookies)
    staff_id = world.ask("POST", "/v1/staff", {"name": "Kata"})["staff_id"]
    link = world.make("POST", f"/v1/staff/{staff_id}/devices", {"name": "Display"})["enrol_url"]
    device = world.sign_in(link)
    for _ in range(2):
        world.scan(world.shown("/staff/api/display", device)["url"], cookies)
        world.walk("PT30M")
    (card,) = (value.partition(".")[0] for name, value in cookies.items() if "_card_" in name)
    look(world, card)


def after_hours(world: World, document: Document) -> None:
    """Somebody books by hand in the main street; an hour later signals of fraud are looked for."""
    world.publish(document)
    ann = join(world, "Ann Bell")
    earn(world, ann, location="main")
    world.walk("PT1H")
    world.ask("GET", "/v1/fraud")


def published_again(world: World, document: Document) -> None:
    """A member has had what a first programme gives when another is published."""
    world.publish(PLAIN | {"tiers": [tier("gold", benefits=[benefit("weekly")])]})
    ann = join(world, "Ann Bell")
    world.publish(document)
    look(world, ann)


def fading(world: World, document: Document) -> None:
    """A member comes every ten days, and then not any more."""
    world.publish(document)
    ann = join(world, "Ann Bell")
    for _ in range(3):
        earn(world, ann)
        world.walk("P10D")
    for _ in range(4):
        look(world, ann)
        world.walk("P7D")


def carrying(world: World, document: Document) -> None:
    """A member holds tokens when another version is published; then one is looked at in which all
    units end."""
    token = STAMP | {"id": "token"}
    welcome = {"id": "welcome", "on": "join", "unit": "token", "amount": 7}
    world.publish(PLAIN | {"units": [STAMP, POINT, token], "earn": [VISIT, SPEND, welcome]})
    ann = join(world, "Ann Bell")
    earn(world, ann, spend_minor=2000)
    agreed = {"confirm_losses": "true"}
    over = {"if-match": "*"}
    world.ask("PUT", "/v1/program", document, headers=over, query=agreed)
    look(world, ann)
    units = [unit | {"ends_on": "2027-06-30"} for unit in document["units"]]
    world.ask("POST", "/v1/program/preview", document | {"units": units})


def join(world: World, name: str, **more: Any) -> str:
    """Enrol a member who agrees to everything; returns the id."""
    first = name.split()[0].lower()
    consents = {"email": True, "leaderboard": True}
    body = {"name": name, "email": f"{first}@example.com", "consents": consents, **more}
    return str(world.ask("POST", "/v1/members", body)["member_id"])


def earn(world: World, member_id: str, *, live: bool = False, **sale: Any) -> None:
    """Book a visit or a sale."""
    world.ask("POST", "/v1/earn", {"member_id": member_id, **sale}, live=live)


def take(world: World, member_id: str) -> dict[str, Any]:
    """Take the cake, if it can be had; returns the voucher or the problem."""
    body = {"member_id": member_id, "reward_id": "cake"}
    answer: dict[str, Any] = world.ask("POST", "/v1/vouchers", body)
    return answer


def look(world: World, member_id: str) -> None:
    """Look at everything that is to be seen of a member, and at the messages."""
    card = world.ask("GET", f"/v1/members/{member_id}")
    world.ask("GET", f"/v1/members/{member_id}/rewards")
    world.ask("GET", f"/v1/members/{member_id}/entries")
    path = str(card["card_url"]).removeprefix("https://cards.example")
    world.page("GET", path, query={"look": "1"})
    world.ask("GET", "/v1/test/messages")


def tier(id: str = "gold", **more: Any) -> dict[str, Any]:  # noqa: A002 - as documents call it
    """A tier that everybody is in, unless it says otherwise."""
    return {"id": id, "name": id.title(), **more}


def benefit(id: str, **more: Any) -> dict[str, Any]:  # noqa: A002 - as documents call it
    """A coffee in every year, unless it says otherwise."""
    return {"id": id, "reward": "treat", "every": "year", **more}


STAMP = {"id": "stamp", "name": {"en": {"one": "stamp", "other": "stamps"}}, "kind": "stamps"}
POINT = {"id": "point", "name": {"en": {"one": "point", "other": "points"}}, "kind": "points"}
VISIT = {"id": "visit", "on": "visit", "unit": "stamp", "amount": 1}
SPEND = {"id": "spend", "on": "spend", "unit": "point", "amount": 1, "per_minor": 100}
COFFEE = {
    "id": "coffee", "name": "Free coffee", "cost": {"unit": "stamp", "amount": 3}, "auto": True,
}  # fmt: skip
CAKE = {"id": "cake", "name": "Piece of cake", "cost": {"unit": "point", "amount": 10}}
TREAT = {"id": "treat", "name": "A treat", "cost_minor": 200}

PLAIN: Document = {
    "name": "Corner Café",
    "currency": "EUR",
    "timezone": "Europe/Budapest",
    "country": "HU",
    "languages": ["en", "hu"],
    "units": [STAMP, POINT],
    "earn": [VISIT, SPEND],
    "rewards": [COFFEE, CAKE, TREAT],
    "locations": [{"id": "main", "name": "Main Street"}, {"id": "kiosk", "name": "Kiosk"}],
}
"""What every document has that does not say otherwise."""
