"""Signing in to the console by mail, as a person does."""

from __future__ import annotations

import re

from playwright.sync_api import Page

from tests.e2e.product import Product, wait_for
from tests.e2e.test_stack import mail_to

OWNER = "owner@example.com"


def sign_in_by_mail(product: Product, page: Page, address: str = OWNER) -> None:
    """Ask for the mail, enter its code, and wait for the console."""
    page.goto(f"{product.base_url}/console/sign-in")
    page.fill("[name=email]", address)
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/console/sign-in/code*")
    mail = wait_for(lambda: mail_to(product, address, "/console/sign-in/"), "the mail")
    found = re.search(r"(\d{3} \d{3})", mail)
    assert found
    page.fill("[name=code]", found[1])
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/console/")
