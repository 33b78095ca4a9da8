"""What was typed at the console when somebody first had to sign in: it comes back, to them alone,
and nothing of it is done before they send it again."""

from __future__ import annotations

from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest

from regulars.core import clock, tokens
from regulars.domain.calendar import to_ms
from regulars.store import keys, typed_forms
from tests.conftest import Clock
from tests.console_routes import CONSOLE
from tests.functional.console import OWNER, Browser, mailed
from tests.functional.test_quiet import known
from tests.service import Merchant, Service
from tests.spy import partitions

NOTE = "You are signed in again."
SECRETS = {"secret", "pin", "code"}
PAGES = [
    route
    for route in CONSOLE
    if route.method == "GET" and route.auth == "staff" and "hand-over" not in route.path
]


class Forms(HTMLParser):
    """The forms of a page: where each is sent, and its fields as they would be sent."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[dict[str, Any]] = []
        self._now: dict[str, Any] | None = None
        self._list, self._area = "", ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        one = dict(attrs)
        if tag == "form":
            self._now = {"form": one, "fields": {}, "kinds": {}, "options": {}}
            self.found.append(self._now)
        if self._now is None:
            return
        name, value = one.get("name") or "", one.get("value") or ""
        fields, kinds = self._now["fields"], self._now["kinds"]
        if tag == "input" and name:
            kind = one.get("type") or "text"
            if kind not in {"checkbox", "radio"}:
                kinds[name], fields[name] = kind, value
                return
            kinds.setdefault(name, kind)
            self._now["options"].setdefault(name, []).append(one.get("value") or "on")
            if "checked" in one:
                fields[name] = one.get("value") or "on"
        elif tag == "textarea":
            self._area, kinds[name], fields[name] = name, "textarea", ""
        elif tag == "select":
            self._list, kinds[name] = name, "select"
        elif tag == "option":
            self._now["options"].setdefault(self._list, []).append(value)
            if "selected" in one or self._list not in fields:
                fields[self._list] = value

    def handle_data(self, data: str) -> None:
        if self._area and self._now:
            self._now["fields"][self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._now = None
        elif tag == "textarea":
            self._area = ""


def typed_into(form: dict[str, Any]) -> dict[str, str]:
    """What somebody types into a form: something else than there is in every field."""
    typed: dict[str, str] = {}
    for name, kind in form["kinds"].items():
        now = form["fields"].get(name)
        others = [one for one in form["options"].get(name, ()) if one != now]
        if kind == "hidden" or kind in {"password", "file"}:
            typed |= {name: now} if now is not None else {}
        elif kind == "checkbox":
            typed |= {} if now else {name: others[0]}
        elif kind in {"radio", "select"}:
            typed |= {name: others[0] if others else now}
        else:
            typed[name] = f'<b>"Typed" & {name}\n'.rstrip() + ("\n2" if kind == "textarea" else "")
    return typed


def signed_in(service: Service) -> Browser:
    return Browser(service).sign_in(OWNER)


def signs_in_again(browser: Browser) -> str:
    """Sign in by mail, and go where that leads."""
    browser.ask(OWNER)
    done = browser.enter(mailed(browser.service, OWNER)[1])
    page = browser.go("GET", done.headers["location"])
    while page.status == 303:
        page = browser.go("GET", page.headers["location"])
    assert page.status == 200, (done.headers, page.status)
    return page.text


def prepared(cafe: Merchant, service: Service) -> dict[str, str]:
    """A shop with something on every page."""
    values = known(cafe, service)
    waits = signed_in(service)
    key = "rewards.free-coffee"
    page = waits.go("GET", "/console/programme/rewards").text
    form = next(one for one in Forms(page).found if one["form"].get("id") == f"r-{key}")
    path = form["form"]["action"]
    assert waits.go("POST", path, form={**form["fields"], "cost": "11"}).status == 303
    return values


@pytest.mark.sampled(2)
@pytest.mark.parametrize("route", PAGES, ids=lambda route: route.path)
def test_every_form_comes_back_as_it_was_typed(service: Service, route: Any) -> None:
    cafe = service.new_merchant()
    values, path = prepared(cafe, service), route.path
    for place, value in values.items():
        if place.startswith("/") and path.startswith(place):
            path = path.replace(place, place.rpartition("{")[0] + value)
        path = path.replace(place, value)
    browser = signed_in(service)
    page = browser.go("GET", path)
    if page.status != 200:
        return  # it leads somewhere else
    for form in Forms(page.text).found:
        to = form["form"]
        typed = typed_into(form)
        seen = {name: text for name, text in typed.items() if name not in SECRETS | {"key"}}
        names = [name for name in seen if form["kinds"][name] not in {"hidden", "password"}]
        if to.get("method") != "post" or "enctype" in to or not names or "sign-out" in to["action"]:
            continue
        session = browser.cookies.pop("__Host-regulars_staff")
        service.spy.calls.clear()
        reply = browser.go("POST", to["action"], form=typed)
        assert reply.headers["location"] == "/console/sign-in"
        browser.cookies["__Host-regulars_staff"] = session  # as if signed in again
        back = browser.go("GET", browser.cookies["__Host-regulars_back"]).text
        assert NOTE in back, to["action"]
        again = [one for one in Forms(back).found if one["form"].get("action") == to["action"]]
        assert any(
            {name: one["fields"].get(name) for name in form["kinds"] if name in seen} == seen
            for one in again
        ), (to["action"], seen, again)
        assert not written(service), "nothing of it was done"


WRITES = {"PutItem", "UpdateItem", "TransactWriteItems"}


def written(service: Service) -> set[str]:
    """The partitions that were written, besides the form that waits and counts of requests."""
    found = {
        pk
        for operation, params, _ in service.spy.calls
        if operation in WRITES
        for pk in partitions(params)
    }
    return {pk for pk in found if not pk.startswith(("TYPED#", "LIMIT#"))}


@pytest.fixture
def late(service: Service, cafe: Merchant, frozen: Clock) -> Browser:
    """The owner, who signed in too long ago to do what opens doors."""
    browser = signed_in(service)
    frozen.now += timedelta(minutes=11)
    return browser


def names_typed(page: str, action: str) -> dict[str, str]:
    (form,) = (one for one in Forms(page).found if one["form"].get("action") == action)
    found: dict[str, str] = form["fields"]
    return found


def test_a_key_is_made_once_and_not_by_coming_back(cafe: Merchant, late: Browser) -> None:
    form = {"name": "Till <at> the bar", "scope": "export"}
    reply = late.go("POST", "/console/keys", form=form)
    assert reply.headers["location"] == "/console/sign-in?again=1"
    keys_before = cafe.call("GET", "/v1/keys").json["items"]
    page = signs_in_again(late)
    for again in (page, late.go("GET", "/console/keys").text):
        assert NOTE in again
        typed = names_typed(again, "/console/keys")
        assert (typed["name"], typed["scope"]) == ("Till <at> the bar", "export")
    assert cafe.call("GET", "/v1/keys").json["items"] == keys_before
    assert late.go("POST", "/console/keys", form=form).status == 200
    assert len(cafe.call("GET", "/v1/keys").json["items"]) == len(keys_before) + 1
    later = late.go("GET", "/console/keys").text
    assert NOTE not in later
    assert names_typed(later, "/console/keys")["name"] == ""


def test_it_is_on_its_own_page_alone(late: Browser) -> None:
    late.go("POST", "/console/keys", form={"name": "Bar", "scope": "till"})
    signs_in_again(late)
    assert NOTE not in late.go("GET", "/console/shop").text


@pytest.mark.parametrize(
    ("path", "form", "secret"),
    [
        ("/console/tills/square", {"secret": "s3cr3t-of-the-till-x", "account": "L1"}, "s3cr3t"),
        ("/console/staff/new", {"name": "Zoe", "role": "manager", "pin": "9713"}, "9713"),
    ],
)
def test_secrets_are_not_kept(late: Browser, path: str, form: dict[str, str], secret: str) -> None:
    assert late.go("POST", path, form=form).headers["location"] == "/console/sign-in?again=1"
    page = signs_in_again(late)
    assert NOTE in page
    assert form.get("account", "Zoe") in page
    assert secret not in page


def test_nobody_else_sees_it(
    service: Service, cafe: Merchant, late: Browser, frozen: Clock
) -> None:
    cafe.person(email="boss@example.com", role="owner", name="Boss")
    elsewhere = service.new_merchant(owner_email="other@example.com")
    late.go("POST", "/console/keys", form={"name": "Bar", "scope": "till"})
    same_person = signed_in(service)  # another browser
    assert NOTE not in same_person.go("GET", "/console/keys").text
    for email in ("boss@example.com", "other@example.com"):  # the same browser, somebody else
        other = Browser(service)
        other.cookies = dict(late.cookies)
        other.sign_in(email)
        assert other.go("GET", "/console/keys").status == 200
        assert NOTE not in other.go("GET", "/console/keys").text
    assert elsewhere.id != cafe.id
    secret = late.cookies["__Host-regulars_typed"]
    assert NOTE in signs_in_again(late)  # the others signed in on this device
    for wrong in ("", "x", secret[:-1] + ("a" if secret[-1] != "a" else "b"), "0" * 32):
        late.cookies["__Host-regulars_typed"] = wrong
        assert NOTE not in late.go("GET", "/console/keys").text
    late.cookies["__Host-regulars_typed"] = secret
    assert NOTE in late.go("GET", "/console/keys").text
    frozen.now += timedelta(minutes=16)
    assert NOTE not in late.go("GET", "/console/keys").text


def test_the_record_tells_nothing(service: Service, late: Browser) -> None:
    reply = late.go("POST", "/console/keys", form={"name": "Canarina", "scope": "till"})
    (line,) = (one for one in reply.cookies if "regulars_typed" in one)
    assert {"HttpOnly", "Secure", "SameSite=Strict", "Max-Age=900"} <= set(line.split("; "))
    secret = late.cookies["__Host-regulars_typed"]
    (item,) = service.table.get(keys.typed_form(tokens.digest(secret)))
    assert item is not None
    assert secret not in repr(item)
    assert "Canarina" not in repr(item)
    form = typed_forms.read(service.table, secret, to_ms(clock.now()))
    assert form is not None
    assert form.fields == {"name": "Canarina", "scope": "till"}


@pytest.mark.parametrize("cookies", [{}, {"__Host-regulars_device": "m.d.x"}])
def test_for_a_stranger_nothing_is_kept(
    service: Service, cafe: Merchant, cookies: dict[str, str]
) -> None:
    service.spy.calls.clear()
    reply = service.request("POST", "/console/keys", form={"name": "x" * 500}, cookies=cookies)
    assert reply.headers["location"] == "/console/sign-in"
    assert not any("typed" in line for line in reply.cookies)
    assert not [pk for op, params, _ in service.spy.calls if op in WRITES
                for pk in partitions(params) if pk.startswith("TYPED#")]  # fmt: skip


def test_no_other_site_keeps_a_form(service: Service, late: Browser) -> None:
    headers = {"sec-fetch-site": "cross-site"}
    reply = late.go("POST", "/console/keys", form={"name": "Theirs"}, headers=headers)
    assert reply.status == 403
    assert "__Host-regulars_typed" not in late.cookies
