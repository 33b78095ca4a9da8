"""What the tests of the counter's page do on it."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e.product import Product, wait_for


def find(counter: Page, text: str, name: str) -> None:
    counter.fill("#q", text)
    counter.press("#q", "Enter")
    expect(counter.locator("#who")).to_have_text(name)
    expect(counter.locator("#keys button").first).to_be_enabled()


def pay(counter: Page, digits: str) -> None:
    """Type an amount."""
    for digit in digits:
        counter.click(f"[data-key='{digit}']")
    counter.click("#enter")


def online(product: Product, counter: Page, key: str = "") -> None:
    """Enrol a browser and wait until it is ready to be without a connection."""
    product.counter(counter, key)
    counter.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    wait_for(lambda: keeps_key(counter), "the key of the device")


def keeps_key(counter: Page) -> bool:
    """Whether the browser has its key; no script can read it."""
    kept: bool = counter.evaluate(
        """() => new Promise((done) => {
            const opened = indexedDB.open("regulars-counter");
            opened.onsuccess = () => {
                const all = opened.result.transaction("devices").objectStore("devices").getAll();
                all.onsuccess = () => {
                    opened.result.close();
                    done(all.result.some(({ key }) => key && key.extractable === false));
                };
            };
        })"""
    )
    return kept


def went_through(counter: Page) -> str:
    """What the panel says; the next guest comes then."""
    expect(counter.locator("#done")).to_be_visible()
    shown = str(counter.locator("#doneCount").inner_text())
    counter.locator("#nextGuest").evaluate("button => button.click()")
    expect(counter.locator("#done")).to_be_hidden()
    return shown


def waiting(counter: Page) -> list[Any]:
    """What lies in the queue of a counter."""
    found: list[Any] = counter.evaluate(
        """() => new Promise((done) => {
            const opened = indexedDB.open("regulars-counter");
            opened.onsuccess = () => {
                const all = opened.result.transaction("bookings").objectStore("bookings").getAll();
                all.onsuccess = () => { opened.result.close(); done(all.result); };
            };
        })"""
    )
    return found
