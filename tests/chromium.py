"""Chromium for the tests that look at pages: the system's own, or the one Playwright fetched."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from playwright.sync_api import Browser, BrowserType, sync_playwright

MISSING = (
    "there is no Chromium here: `.venv/bin/python -m playwright install chromium` gets one; a "
    "system's own `chromium` or `google-chrome` does, too."
)


def system_path() -> str | None:
    """The system's own browser, if it has one."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for path in map(shutil.which, names) if path), None)


@cache
def is_here() -> bool:
    """Whether a browser can be started."""
    if system_path():
        return True
    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path).exists()


def launch(kind: BrowserType, *switches: str) -> Browser:
    """A headless browser that asks nobody outside for anything."""
    base = ["--disable-background-networking"]
    if os.geteuid() == 0:
        base.append("--no-sandbox")  # Chromium refuses to run as root otherwise
    return kind.launch(executable_path=system_path(), args=[*base, *switches])


@contextmanager
def running() -> Iterator[Browser]:
    """A browser, closed at the end."""
    if not is_here():
        raise RuntimeError(MISSING)
    with sync_playwright() as playwright:
        opened = launch(playwright.chromium)
        yield opened
        opened.close()
