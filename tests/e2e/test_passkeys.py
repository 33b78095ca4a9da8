"""Passkeys in Chromium, with an authenticator of its own that needs no finger."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.e2e.conftest import People
from tests.e2e.product import Product
from tests.e2e.signing import sign_in_by_mail

pytestmark = pytest.mark.browser


class Device(NamedTuple):
    """The virtual authenticator of a page."""

    session: CDPSession
    name: str

    @property
    def passkeys(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.session.send(
            "WebAuthn.getCredentials", {"authenticatorId": self.name}
        )["credentials"]
        return found

    def sees_its_owner(self, whether: bool) -> None:
        self.session.send(
            "WebAuthn.setUserVerified", {"authenticatorId": self.name, "isUserVerified": whether}
        )


def device_of(page: Page) -> Device:
    """Give a page an authenticator as phones have one."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return Device(session, made["authenticatorId"])


@pytest.fixture
def local(new_product: Callable[[str], Product], monkeypatch: pytest.MonkeyPatch) -> Product:
    """The product at an address with a name, as `make run HOST=localhost` starts it."""
    monkeypatch.setenv("HOST", "localhost")
    started = new_product("localhost")
    assert started.base_url.startswith("http://localhost:")
    return started


def test_a_passkey_in_the_place_of_a_mail(local: Product, people: People) -> None:
    page = people.new()
    device = device_of(page)
    sign_in_by_mail(local, page)
    page.goto(f"{local.base_url}/console/you")
    page.fill("[name=name]", "Anna's phone")
    page.get_by_role("button", name="Add a passkey").click()
    row = page.locator("#passkeys li")
    expect(row).to_contain_text("Anna's phone")
    expect(row).to_contain_text("not used yet")
    (passkey,) = device.passkeys
    assert (passkey["isResidentCredential"], passkey["rpId"]) == (True, "localhost")
    assert "@" not in passkey["userHandle"]

    page.get_by_role("button", name="Add a passkey").click()
    expect(page.locator("#passkey-problem")).to_have_text(
        "This device has a passkey of yours already."
    )

    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{local.base_url}/console/")
    expect(page).to_have_url(re.compile("/console/sign-in$"))
    device.sees_its_owner(False)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.locator("#passkey-problem")).to_contain_text("That did not work.")
    device.sees_its_owner(True)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/console/")
    page.goto(f"{local.base_url}/console/you")
    expect(row).to_contain_text("last used on")

    page.get_by_role("button", name="Remove: Anna's phone").click()
    expect(row).to_have_count(0)
    page.goto(f"{local.base_url}/console/sign-in")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.locator("#passkey-problem")).to_have_text(
        "This passkey does not sign in here. Have a mail sent."
    )


def test_where_there_can_be_none_the_page_asks_for_the_address_alone(
    product: Product, people: People
) -> None:
    page = people.new()
    page.goto(f"{product.base_url}/console/sign-in")
    expect(page.get_by_role("button")).to_have_count(1)
    without = people.new(java_script_enabled=False)
    without.goto(f"{product.base_url}/console/sign-in")
    expect(without.get_by_role("button")).to_have_count(1)


@pytest.mark.long
def test_without_javascript_the_page_is_as_before(local: Product, people: People) -> None:
    page = people.new(java_script_enabled=False)
    sign_in_by_mail(local, page)
    page.goto(f"{local.base_url}/console/you")
    expect(page.get_by_text("This browser cannot add passkeys.")).to_be_visible()
    expect(page.get_by_role("button", name="Add a passkey")).to_be_hidden()
