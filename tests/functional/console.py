"""People at the console: their browser, and the mail that signs them in."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qsl

from regulars.http import credentials
from tests.service import Reply, Service

STAFF = {"x-regulars": "staff"}
OWNER = "owner@example.com"


class Browser:
    """A browser that keeps cookies."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.cookies: dict[str, str] = {}

    def go(self, method: str, path: str, **more: Any) -> Reply:
        credentials.kept.clear()
        path, _, query = path.partition("?")
        if query:
            more = {"query": dict(parse_qsl(query)), **more}
        reply = self.service.request(method, path, cookies=self.cookies, **more)
        for line in reply.cookies:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies.pop(name, None)
            if value:
                self.cookies[name] = value
        return reply

    def ask(self, email: str) -> Reply:
        return self.go("POST", "/console/sign-in", form={"email": email})

    def enter(self, code: str, **more: str) -> Reply:
        return self.go("POST", "/console/sign-in/code", form={"code": code, **more})

    def sign_in(self, email: str, **more: str) -> Browser:
        """Sign in by mail; `shop` chooses one of several."""
        self.ask(email)
        assert self.enter(mailed(self.service, email)[1], **more).status == 303
        return self

    def is_in(self) -> bool:
        """Whether somebody is signed in."""
        return self.go("GET", "/console/").status == 200


def mailed(service: Service, address: str) -> tuple[str, str]:
    """The link and the code of the newest sign-in mail to an address."""
    service.deliver("messages", "notify")
    sent = [mail for mail in service.aws_services.mails() if address in json.dumps(mail)]
    text = json.dumps(sent[-1])
    link = re.search(r"https://cards.example(/console/sign-in/[0-9a-z]+)", text)
    code = re.search(r"code is (\d{3} \d{3})", text)
    assert link
    assert code
    return link[1], code[1]


def on(browser: Browser, path: str) -> str:
    """The page at a path."""
    reply = browser.go("GET", path)
    assert reply.status == 200, (path, reply.status)
    return reply.text


def send(browser: Browser, path: str, **form: str) -> Reply:
    """Send a form, and follow where it leads."""
    reply = browser.go("POST", path, form=form)
    while reply.status == 303:
        reply = browser.go("GET", reply.headers["location"])
    return reply
