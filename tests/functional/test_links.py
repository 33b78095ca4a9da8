"""Links survive messengers, printers and people: every spelling leads to the page."""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from regulars.core import tokens
from regulars.http import links
from regulars.store import keys
from tests.examples import examples
from tests.functional.console import Browser
from tests.service import Merchant, Reply, Service

ADDED = ("/", ".", ",", ")", "]", ">", "!", "?", ";", ":", "'", '"', "»", "”", "…", "*", "_", "~",
         "/.", "//", ").", " ", "\u200b", "\u00a0")  # fmt: skip
BROWSER = {"accept": "text/html"}


def paths(cafe: Merchant) -> dict[str, str]:
    """A link of every kind that is printed, mailed or shared."""
    card = cafe.join(email="anna@example.com")
    own = card["card_url"].removeprefix("https://cards.example")
    return {
        "j": f"/j/{cafe.created['slug']}",
        "c": own,
        "u": f"/u/{tokens.unsubscribe_token(cafe.id, card['member_id'])}",
        "s": "/s/7F3KQ9AB",
        "v": "/v/PXQ7K2MD4T",
        "staff": cafe.created["staff_url"].removeprefix("https://cards.example"),
    }


def followed(service: Service, path: str, method: str = "GET") -> tuple[str, Reply]:
    """Where a path leads as a browser follows it, and what is there; up to the cookie of a card,
    three steps at most."""
    for _ in range(4):
        reply = service.request(method, path, headers=BROWSER)
        target = reply.headers.get("location", "").partition("?")[0]
        if reply.status != 303 or target == "/staff/counter":
            return path, reply
        if target.startswith("/card/"):
            looked = service.request(method, path, headers=BROWSER, query={"look": "1"})
            return path, looked
        path = target
    raise AssertionError("it goes round and round")


def test_every_spelling_leads_to_the_page(service: Service, cafe: Merchant) -> None:
    for kind, path in paths(cafe).items():
        first, rest = path.split("/")[1:]
        capitals = f"/{first.upper()}/{rest.upper()}"
        for spelled in (
            path,
            capitals,
            f"/{first.upper()}/{rest}",
            f"/{first}/{rest.upper()}",
            *(f"{path}{added}" for added in ADDED),
            *(f"{capitals}{added}" for added in ADDED),
            f"/{path}",
            f"/{first}//{rest}",
        ):
            place, reply = followed(service, spelled)
            assert reply.status == 200, spelled
            if kind not in {"s", "v"}:
                assert place == path or (kind, place) == ("j", f"/{first}/{rest.upper()}"), spelled
            if kind == "staff":
                assert "Use this device" in reply.text


def test_what_was_asked_for_goes_with_it(service: Service, cafe: Merchant) -> None:
    path = paths(cafe)["j"]
    reply = service.request("GET", f"{path.upper()}/", query={"source": "table 4", "ref": "x"})
    assert (reply.status, reply.headers["location"]) == (303, f"{path}?source=table+4&ref=x")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_only_looking_is_led_elsewhere(service: Service, cafe: Merchant, method: str) -> None:
    for path in paths(cafe).values():
        assert service.request(method, f"{path}/").status == 404


@pytest.mark.parametrize(
    "path",
    ["/j/nobody/", "/j/nobody.", "/J/NOBODY", "/c/0123/", "/u/abc.", "/STAFF/ABC", "/j/", "/J",
     "/c//", "/.", "//", "/j/..", "/menu/", "//evil.example/", "/j//evil.example",
     "/v1/health/", f"/c/{'A' * 22}", f"/c/{'A' * 26}"],
)  # fmt: skip
def test_what_leads_nowhere_is_a_page_for_people_and_a_document_for_machines(
    service: Service, path: str
) -> None:
    place, reply = followed(service, path)
    assert (reply.status, reply.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert place.startswith("/")
    if place == path and path[:3] not in {"/j/", "/c/", "/u/"}:
        machine = service.request("GET", path, headers={"accept": "application/json"})
        assert (machine.status, machine.code) == (404, "not_found")


PATHS = st.lists(
    st.text(st.sampled_from("jJcuABz09.-_/é ☕%?)\n"), max_size=6), max_size=5
).map(lambda parts: "/" + "/".join(parts))  # fmt: skip


@settings(max_examples=examples(300))
@given(PATHS)
def test_respelling_ends_and_stays_here(path: str) -> None:
    """No circle, no other host, no line in a header."""
    seen = [path]
    while (other := links.respelled(seen[-1])) is not None:
        assert re.fullmatch(r"(/[A-Za-z0-9._-]+)+", other)
        assert other not in seen
        seen.append(other)
    assert len(seen) <= 4


MEMBERS = st.text("0123456789abcdefghjkmnpqrstvwxyz", min_size=14, max_size=14).map("c{}".format)
SHOPS = st.text("0123456789abcdefghjkmnpqrstvwxyz", min_size=11, max_size=11).map("m{}".format)


LINK = re.compile(r"https://cards\.example/([a-z-]+(?:/[a-z-]+)?)/([^\s\"\\<>]+)")


def test_every_link_that_is_mailed_ends_in_letters_and_digits(
    service: Service, cafe: Merchant
) -> None:
    cafe.join(email="anna@example.com", consents={"email": True})
    owner = Browser(service).sign_in("owner@example.com")
    owner.go("POST", "/console/shop/owner", form={"email": "next@example.com"})
    service.deliver("messages", "notify")
    found = {match for mail in service.aws_services.mails() for match in LINK.findall(str(mail))}
    assert {"console/sign-in", "console/hand-over"} <= {kind for kind, _ in found}
    assert [token for _, token in found if not re.fullmatch(r"[0-9A-Za-z]+", token)] == []


@settings(deadline=None, max_examples=examples(200))
@given(SHOPS, MEMBERS, st.integers(0, 50))
def test_all_tokens_are_letters_and_digits(m: str, c: str, number: int) -> None:
    card, stop = tokens.card_token(m, c, number, ""), tokens.unsubscribe_token(m, c)
    assert re.fullmatch(r"[0-9a-z]+", card + stop + tokens.random_id(26))
    assert tokens.read_unsubscribe_token(stop) == (m, c)
    for place in range(len(stop)):
        changed = stop[:place] + ("0" if stop[place] != "0" else "1") + stop[place + 1 :]
        assert tokens.read_unsubscribe_token(changed) is None
        assert tokens.read_unsubscribe_token(stop[:place]) is None


class TestLinksOfEarlierReleases:
    """Tokens in base64 with - and _ stand in mails and on phones."""

    def card(self, cafe: Merchant, member_id: str) -> str:
        mac = tokens.derive("card-link", cafe.id, member_id, "1")[:16]
        return urlsafe_b64encode(mac).decode().rstrip("=")

    def stop(self, cafe: Merchant, member_id: str) -> str:
        mac = tokens.derive("unsubscribe", f"{cafe.id}.{member_id}")[:12]
        return f"{cafe.id}.{member_id}.{urlsafe_b64encode(mac).decode()}"

    def stored_earlier(self, cafe: Merchant, member_id: str) -> str:
        """A card whose link lies in the table as it did then; its token."""
        table = cafe.service.table
        new = keys.link(tokens.digest(tokens.card_token(cafe.id, member_id, 1, "")))
        (item,) = table.get(new)
        assert item is not None
        token = self.card(cafe, member_id)
        pk, sk = keys.link(tokens.digest(token))
        table.put({**item, "PK": pk, "SK": sk})
        table.put({"PK": new[0], "SK": new[1]})  # as good as not there
        return token

    def test_a_card_is_opened_by_both_spellings_of_its_link(
        self, service: Service, cafe: Merchant
    ) -> None:
        for _ in range(40):
            card = cafe.join(name="Anna")
            token = self.stored_earlier(cafe, card["member_id"])
            own = card["card_url"].removeprefix("https://cards.example")
            for path in (f"/c/{token}", own, f"{own}/", f"/c/{token}/", f"/C/{token}."):
                place, reply = followed(service, path)
                assert (reply.status, "Anna" in reply.text) == (200, True), path
                assert place in {f"/c/{token}", own}
            if token.upper() != token:
                assert followed(service, f"/c/{token.swapcase()}")[1].status == 404, "case counts"

    def test_an_unsubscribe_link_is_good_also_when_its_dash_was_cut_off(
        self, service: Service, cafe: Merchant
    ) -> None:
        ends = set()
        for _ in range(400):
            member_id = cafe.join()["member_id"]
            token = self.stop(cafe, member_id)
            ends.add(token[-1])
            cut = token.rstrip("-_")
            for one in (token, cut, f"{token}/", f"{token}."):
                assert followed(service, f"/u/{one}")[1].status == 200, one
            assert service.request("POST", f"/u/{token}", form={}).status == 200
            assert followed(service, f"/u/{cut[:-1]}")[1].status == 404
            if "-" in ends:
                return
        raise AssertionError("no token ended in a dash")
