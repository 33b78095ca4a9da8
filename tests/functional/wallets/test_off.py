"""Without certificates there is nothing to see: no button, no route, no read more."""

from __future__ import annotations

from datetime import timedelta

import pytest

from regulars.core import config
from regulars.wallet import certificates
from tests import wallets
from tests.conftest import Clock
from tests.service import Browser, Merchant, Service
from tests.wallets import PASS_TYPE, Phone

BUTTONS = {
    "en": ("Add to Apple Wallet", "Add to Google Wallet"),
    "hu": ("Hozzáadás az Apple Wallethoz", "Hozzáadás a Google Wallethoz"),
    "pl": ("Dodaj do Apple Wallet", "Dodaj do Portfela Google"),
    "kk": ("Apple Wallet-ке қосу", "Google Wallet-ке қосу"),
}
ANDROID = "Mozilla/5.0 (Linux; Android 16; Pixel 9) Mobile"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
IPHONE = wallets.IPHONE


def page(browser: Browser, cafe: Merchant, lang: str = "en") -> str:
    return browser.get(f"/card/{cafe.created['slug']}?lang={lang}").text


def shown(text: str) -> list[str]:
    """For which wallets a page has buttons."""
    return [name for name in ("apple", "google") if f"/wallet/{name}" in text]


def on(service: Service, cafe: Merchant, user_agent: str) -> Browser:
    browser = Browser(service, {"user-agent": user_agent})
    browser.post(f"/j/{cafe.created['slug']}", name="Anna")
    return browser


class TestWithoutCertificates:
    @pytest.fixture
    def plain(self, service: Service) -> Merchant:
        return service.new_merchant()

    def test_the_card_has_no_buttons(self, plain: Merchant) -> None:
        assert shown(page(wallets.member(plain), plain)) == []

    def test_no_route_is_there(self, plain: Merchant, service: Service) -> None:
        browser, phone = wallets.member(plain), Phone(service)
        card = f"/card/{plain.created['slug']}/wallet"
        serial = f"{plain.id}.{wallets.member_id(browser)}.1"
        replies = [
            browser.get(f"{card}/apple"),
            browser.get(f"{card}/google"),
            browser.get(f"{card}/pictures/stamps-1-of-10.png"),
            phone.changed(),
            phone.ask("GET", f"/passes/{PASS_TYPE}/{serial}", "x" * 26),
            phone.ask("POST", phone.registration(serial), "x" * 26, body={"pushToken": "a" * 64}),
            phone.ask("DELETE", phone.registration(serial), "x" * 26),
            phone.ask("POST", "/log", body={"logs": []}),
        ]
        assert {it.status for it in replies} == {404}

    def test_a_stamp_reads_nothing_more(self, plain: Merchant, service: Service) -> None:
        browser = wallets.member(plain)
        service.spy.calls.clear()
        service.deliver_entries(plain.id, wallets.member_id(browser))
        assert "'PASS'" not in str([params for _, params, _ in service.spy.calls])

    def test_one_that_was_announced_and_is_not_there_is_not_found(
        self, service: Service, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        wallets.turn_on(service, monkeypatch, "apple")
        monkeypatch.setenv("WALLETS", "both")
        config.settings.cache_clear()
        wallets.forget()
        shop = service.new_merchant()
        browser = wallets.member(shop)
        assert browser.get(f"/card/{shop.created['slug']}/wallet/google").status == 404
        assert browser.get(f"/card/{shop.created['slug']}/wallet/apple").status == 200

    def test_a_certificate_whose_time_is_over_is_none(
        self, frozen: Clock, cafe: Merchant, anna: Browser
    ) -> None:
        path = f"/card/{cafe.created['slug']}/wallet/apple"
        assert anna.get(path).status == 200
        frozen.now += timedelta(days=7300)
        certificates.forget()
        assert anna.get(path).status == 404

    def test_what_cannot_be_read_is_none(
        self, service: Service, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stack = wallets.turn_on(service, monkeypatch, "apple")
        place = wallets.place(service, stack)
        place.write("apple", {"pass_type": "pass.example.cards"})
        wallets.forget()
        shop = service.new_merchant()
        path = f"/card/{shop.created['slug']}/wallet/apple"
        assert wallets.member(shop).get(path).status == 404


class TestButtons:
    @pytest.mark.parametrize("lang", BUTTONS)
    def test_they_say_it_in_four_languages(
        self, service: Service, cafe: Merchant, lang: str
    ) -> None:
        shop = service.new_merchant(languages=["en", "hu", "pl", "kk"])
        text = page(on(service, shop, WINDOWS), shop, lang)
        for words in BUTTONS[lang]:
            assert f">{words}</a>" in text

    @pytest.mark.parametrize(
        ("user_agent", "has"),
        [(IPHONE, ["apple"]), (ANDROID, ["google"]), (WINDOWS, ["apple", "google"])],
    )
    def test_a_phone_has_the_one_that_it_can_use(
        self, service: Service, cafe: Merchant, user_agent: str, has: list[str]
    ) -> None:
        assert shown(page(on(service, cafe, user_agent), cafe)) == has

    def test_only_those_with_certificates(
        self, service: Service, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        wallets.turn_on(service, monkeypatch, "google")
        shop = service.new_merchant()
        assert shown(page(on(service, shop, WINDOWS), shop)) == ["google"]
        assert shown(page(on(service, shop, IPHONE), shop)) == []

    def test_a_browser_with_the_link_alone_has_none_and_gets_none(
        self, service: Service, cafe: Merchant, anna: Browser
    ) -> None:
        link = cafe.card(wallets.member_id(anna))["card_url"]
        other = Browser(service, {"user-agent": WINDOWS})
        assert shown(other.get(link).text) == []
        for name in ("apple", "google"):
            path = f"/card/{cafe.created['slug']}/wallet/{name}"
            reply = service.request("GET", path, cookies=other.cookies)
            assert (reply.status, reply.headers["location"]) == (303, path.partition("/wallet")[0])

    def test_who_has_no_card_is_led_to_join(self, service: Service, cafe: Merchant) -> None:
        slug = cafe.created["slug"]
        reply = service.request("GET", f"/card/{slug}/wallet/apple")
        assert (reply.status, reply.headers["location"]) == (303, f"/j/{slug}")

    def test_a_sandbox_has_none(self, service: Service, cafe: Merchant) -> None:
        browser = Browser(service, {"user-agent": WINDOWS})
        browser.post(f"/j/{cafe.sandbox_id}", name="Anna")
        assert shown(browser.get(f"/card/{cafe.sandbox_id}").text) == []
        assert browser.get(f"/card/{cafe.sandbox_id}/wallet/apple").status == 404
