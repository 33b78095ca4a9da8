"""One running product for all tests here, and people with browsers of their own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.e2e.product import Product

PHONE = {"width": 360, "height": 760}


@pytest.fixture(autouse=True)
def environment() -> None:
    """Instead of the functions' environment: the product makes that for them by itself."""


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product, running."""
    running = Product(tmp_path_factory.mktemp("product"))
    yield running
    running.stop()


@pytest.fixture
def new_product(tmp_path: Path) -> Iterator[Callable[[str], Product]]:
    """Starts further copies, each over the state folder of the name it is given."""
    started: list[Product] = []

    def start(name: str) -> Product:
        started.append(Product(tmp_path / name))
        return started[-1]

    yield start
    for running in started:
        running.stop()


class People:
    """Browsers that share nothing with each other; they watch what their pages do."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._opened: list[BrowserContext] = []
        self.requested: list[str] = []
        self.wrong: list[str] = []

    def new(self, language: str = "en", **options: Any) -> Page:
        """An empty page of somebody who has never been here."""
        options = {"viewport": PHONE, "locale": language, **options}
        context = self._browser.new_context(**options)
        context.set_default_timeout(8000)
        self._opened.append(context)
        context.on("request", lambda request: self.requested.append(request.url))
        page = context.new_page()
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("console", self._note)
        return page

    def _note(self, message: Any) -> None:
        if "Security Policy" in message.text:
            self.wrong.append(message.text)

    def close(self) -> None:
        """Close everything."""
        for context in self._opened:
            context.close()


@pytest.fixture
def people(browser: Browser) -> Iterator[People]:
    """People; no page of theirs may fail, break its policy or ask another host for anything."""
    crowd = People(browser)
    yield crowd
    crowd.close()
    assert crowd.wrong == []
    hosts = {urlsplit(url).hostname for url in crowd.requested if not url.startswith("data:")}
    assert hosts <= {"127.0.0.1", "localhost"}


@pytest.fixture(scope="session")
def shots() -> Path | None:
    """Where pictures of the pages go, when somebody wants to look at them (SHOTS=folder)."""
    folder = os.environ.get("SHOTS")
    return Path(folder) if folder else None
