"""The counter's page alone runs every programme, and a rush over a bad network."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from regulars.store import keys
from tests.e2e.conftest import People
from tests.e2e.counters import find, pay, waiting, went_through
from tests.e2e.product import Product, wait_for

pytestmark = pytest.mark.browser

BAD_NETWORK = """(() => {
    // Every call waits before and after the service has it; some answers never arrive.
    let seed = %d;
    const chance = () => (seed = (seed * 48271) %% 2147483647) / 2147483647;
    const rest = () => new Promise((go) => setTimeout(go, %d + chance() * %d));
    const real = window.fetch;
    window.fetch = async (...args) => {
        await rest();
        if (window.isDown) throw new TypeError("no network");
        const answer = await real(...args);
        await rest();
        if (chance() < 0.08) throw new TypeError("the answer is lost");
        return answer;
    };
})()"""


def visit(counter: Page) -> None:
    counter.click("#plus")


def main_course(counter: Page) -> None:
    """Two mains in one sale."""
    counter.click("#key-category-main")
    counter.click("#key-category-main")
    counter.click("#book")
    pay(counter, "3600")
    counter.click("#book")


def service(counter: Page) -> None:
    counter.click("#key-category-service")
    pay(counter, "4500")
    counter.click("#book")


def spend(counter: Page) -> None:
    counter.click("#amount")
    pay(counter, "8000")


EVERY_TEMPLATE: list[Any] = [
    ("corner-cafe", visit, "Free coffee"),
    ("bakery", visit, ""),
    *(
        pytest.param(like_it, visit, "", marks=pytest.mark.long)
        for like_it in ("car-wash", "dog-groomer", "consultant")
    ),
    ("bookshop", spend, ""),
    ("mug-club", spend, "Free coffee"),
    ("supper-club", main_course, "The tenth main is free"),
    ("vip-collective", service, "Deep-conditioning treatment"),
]


@pytest.mark.sampled(3)
@pytest.mark.parametrize(("template", "sell", "reward"), EVERY_TEMPLATE)
def test_from_joining_to_a_redeemed_reward_by_the_counter_alone(
    product: Product, people: People, template: str, sell: Callable[[Page], None], reward: str
) -> None:
    slug = f"alone-{template}"
    club = product.merchant(template, slug)
    key = club["api_key"]
    guest, counter = people.new("en"), people.new("en")
    guest.goto(club["join_url"])
    guest.locator("summary").click()
    guest.fill("#name", "Anna Alone")
    guest.locator(".hero button").click()
    guest.wait_for_url(f"**/card/{slug}")
    product.counter(counter, key)
    (card,) = product.api("GET", "/v1/members?q=Alone", key=key).json["items"]
    for _ in range(12):
        find(counter, "anna alone", "Anna Alone")
        if counter.locator("#due button").count():
            break
        sell(counter)
        went_through(counter)
    due = counter.locator("#due li").first
    expect(due).to_contain_text(reward)
    due.locator("button").click()
    counter.click("#redeem")
    assert "redeemed" in went_through(counter)
    entries = product.api("GET", f"/v1/members/{card['member_id']}/entries", key=key).json["items"]
    assert entries[0]["kind"] == "redeem"
    assert product.api("GET", f"/v1/members/{card['member_id']}/verify", key=key).json["ok"]


def test_vip_collective_sells_a_package_that_opens_luxe(product: Product, people: People) -> None:
    salon = product.merchant("vip-collective", "packages")
    key = salon["api_key"]
    member = product.member(key, name="Réka")
    counter = people.new("en")
    product.counter(counter, key)
    find(counter, "reka", "Réka")
    counter.click("#key-category-package")
    pay(counter, "54000")
    expect(counter.locator("#book")).to_have_text("Book: Package €540.00")
    counter.click("#book")
    expect(counter.locator("#doneNews")).to_contain_text("New tier: Luxe")
    assert product.card(member["member_id"], key)["tier"]["id"] == "luxe"
    went_through(counter)
    find(counter, "reka", "Réka")
    expect(counter.locator("#off")).to_have_text("15 % off retail")


def test_a_membership_is_sold_and_a_stamp_with_an_amount_counts_one_visit(
    product: Product, people: People
) -> None:
    club = product.merchant("supper-club", "members")
    key = club["api_key"]
    member = product.member(key, name="Marek")
    counter = people.new("en")
    product.counter(counter, key)
    find(counter, "marek", "Marek")
    counter.click("#sell")
    counter.locator(".offer").click()
    counter.click("#paid")
    expect(counter.locator("#doneCount, #doneWhat")).to_contain_text(["", "The Chef's Table"])
    went_through(counter)
    assert product.card(member["member_id"], key)["tier"]["id"] == "chefs-table"

    demo = product.member(name="Once Only")
    product.counter(counter)
    find(counter, "once only", "Once Only")
    counter.click("#plus")
    counter.click("#again")
    counter.click("#amount")
    pay(counter, "450")
    expect(counter.locator("#done")).to_be_visible()
    card = product.card(demo["member_id"])
    assert (card["visits"], card["spend_minor"]) == (1, 450)


class TestNobodyToSignIn:
    """The way out is said where a list of people would be empty."""

    @pytest.fixture
    def own_phone(self, product: Product, people: People) -> tuple[Page, str]:
        """The counter on the phone of somebody without a PIN who may book once a day."""
        gerda = {"name": "Gerda", "role": "staff", "limits": {"visits_per_day": 1}}
        path = f"/v1/staff/{product.api('POST', '/v1/staff', gerda).json['staff_id']}"
        device = product.api("POST", f"{path}/devices", {"name": "Phone"}).json
        counter = people.new("en")
        counter.goto(device["enrol_url"])
        counter.locator("button.button").click()
        counter.wait_for_url("**/staff/counter")
        return counter, path

    @pytest.mark.long
    def test_who_was_removed_is_told_who_can_help(
        self, product: Product, own_phone: tuple[Page, str]
    ) -> None:
        counter, path = own_phone
        assert product.api("DELETE", path).status in {200, 204}
        state = "fetch('/staff/api/state').then((answer) => answer.status)"
        wait_for(lambda: counter.evaluate(state) == 401, "the end of her session")
        counter.fill("#q", "gerda")
        counter.press("#q", "Enter")
        expect(counter.locator("#signTitle")).to_have_text("Sign in to go on")
        counter.locator("#people").get_by_text("Gerda").click()
        counter.click("#signIn")
        expect(counter.locator("#signProblem")).to_contain_text("The owner shows a new code")

    def test_a_limit_that_no_manager_can_lift_says_why(
        self, product: Product, own_phone: tuple[Page, str]
    ) -> None:
        counter, path = own_phone
        day = keys.staff_day(product.demo["merchant_id"], path.rpartition("/")[2])
        for name in ("Limit Lea", "Limit Leo"):
            product.member(name=name)
            find(counter, name.lower(), name)
            counter.click("#plus")
            if name == "Limit Lea":
                went_through(counter)
                # What a person booked is counted a moment later, by the stream.
                wait_for(lambda: product.item(*day), "the count of her day")
        counter.click("#override")
        expect(counter.locator("#signText")).to_contain_text("No manager can sign in here.")
        expect(counter.locator("#signIn")).to_be_hidden()


def test_a_late_answer_does_not_bring_the_guest_before_back(
    product: Product, people: People
) -> None:
    for name in ("Slow Sam", "Quick Quentin"):
        product.member(name=name)
    counter = people.new("en")
    product.counter(counter)
    counter.evaluate(
        """() => { const real = window.fetch; window.fetch = async (path, ...rest) => {
            const answer = await real(path, ...rest);
            if (String(path).includes("slow")) await new Promise((go) => setTimeout(go, 700));
            return answer; }; }"""
    )
    counter.fill("#q", "slow sam")
    counter.press("#q", "Enter")
    find(counter, "quick quentin", "Quick Quentin")
    counter.wait_for_timeout(1000)
    expect(counter.locator("#who")).to_have_text("Quick Quentin")


def rush(product: Product, people: People, guests: int, latency: tuple[int, int], tag: str) -> None:
    """Two devices serve guests in turn over a bad network, one stamp for each; the network goes
    down in the middle. Every card is exact in the end."""
    key = product.merchant("bakery", f"rush-{tag}")["api_key"]
    names = [f"Guest {tag} {number:02}" for number in range(guests)]
    cards = {name: product.member(key, name=name)["member_id"] for name in names}
    counters = [people.new("en"), people.new("en")]
    chance = random.Random(guests)  # noqa: S311 - the same each time
    for number, counter in enumerate(counters):
        counter.set_default_timeout(20_000)
        product.counter(counter, key)
        counter.evaluate(
            BAD_NETWORK % (number + 7, latency[0] // 2, (latency[1] - latency[0]) // 2)
        )
    for place, name in enumerate(names):
        counter = counters[place % 2]
        if place == guests // 2:
            for each in counters:
                each.evaluate("window.setTimeout(() => { window.isDown = false; }, 2500)")
        for _ in range(20):
            counter.fill("#q", name)
            counter.press("#q", "Enter")
            counter.locator("#say").filter(has_text="Looking").wait_for(state="hidden")
            if counter.locator("#member").is_visible():
                break
        expect(counter.locator("#who")).to_have_text(name)
        if place == guests // 2:
            counter.evaluate(
                "window.isDown = true; setTimeout(() => { window.isDown = false; }, 2500)"
            )
        counter.locator("#plus").dblclick()
        if chance.random() < 0.5:
            expect(counter.locator("#done")).to_be_visible(timeout=20_000)
        counter.evaluate("document.querySelector('#next').click()")

    def stamps() -> set[int]:
        return {int(product.card(card, key)["visits"]) for card in cards.values()}

    wait_for(lambda: 0 not in stamps(), "every guest has a stamp", timeout_s=90)
    wait_for(lambda: not any(map(waiting, counters)), "nothing waits any more", timeout_s=60)
    assert stamps() == {1}


@pytest.mark.long
def test_a_rush_over_a_bad_network(product: Product, people: People) -> None:
    rush(product, people, 8, (40, 400), "small")


@pytest.mark.long
def test_a_rush_of_sixty_guests(product: Product, people: People) -> None:
    rush(product, people, 60, (200, 3000), "sixty")
