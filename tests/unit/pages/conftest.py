"""The sample pages on a server of their own, and a phone that looks at them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Page

from regulars.i18n import words
from regulars.render import assets
from tests.unit.pages.samples import PAGES, headers, render


class Handler(BaseHTTPRequestHandler):
    """Serves each sample at /<lang>/<name> with its real headers, and the assets."""

    def do_GET(self) -> None:
        _, first, *rest = self.path.partition("?")[0].split("/")
        found = assets.by_public_name(rest[0]) if first == "assets" else None
        if found:
            self._answer(found.body, {"content-type": found.media_type})
        elif rest and rest[0] in PAGES:
            page = render(PAGES[rest[0]], words(first))
            sent = {k: v for k, v in headers(page).items() if k != "strict-transport-security"}
            self._answer(page.html.encode(), sent)
        else:
            self._answer(b"{}", {"content-type": "application/json"}, 404)

    def _answer(self, body: bytes, sent: dict[str, str], status: int = 200) -> None:
        self.send_response(status)
        for name, value in sent.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep the test's output to itself."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 360, "height": 760})
    opened = context.new_page()
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("console", lambda m: wrong.append(m.text) if "Security Policy" in m.text else None)
    yield opened
    context.close()
    assert wrong == []
