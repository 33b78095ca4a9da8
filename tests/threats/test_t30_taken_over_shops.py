"""T30: somebody becomes the owner of a shop without being asked to: of the first one by guessing
the set-up code, of one that is there with one mailbox alone."""

from __future__ import annotations

from regulars.core import tokens
from regulars.http import protocol
from regulars.store import limits, merchant_settings
from tests.functional.console import Browser
from tests.functional.test_console_set_up import new_shop
from tests.functional.test_handing_over import NEXT, OWNER, link
from tests.service import Merchant, Service
from tests.threats import removal
from tests.threats.removal import against


@against(removal.of(limits, "begin", lambda *_: None))
def test_the_set_up_code_cannot_be_tried_for_long(removed: None, service: Service) -> None:
    tried = [new_shop(service, code=f"guess{n:07}")[1].status for n in range(12)]
    assert 429 in tried
    assert tried.count(422) <= 5


_READ = tokens.read_shop_token


def _believed(purpose: str, token: str, lasts_s: float) -> tuple[str, int] | None:
    """What a token says, signed or not."""
    if purpose == "hand-over-from" and token[12:].isdigit():
        return token[:12], int(token[12:])
    return _READ(purpose, token, lasts_s)


@against(removal.of(tokens, "read_shop_token", _believed))
def test_a_link_to_agree_cannot_be_made_up(removed: None, service: Service, cafe: Merchant) -> None:
    owner = Browser(service).sign_in(OWNER)
    owner.go("POST", "/console/shop/owner", form={"email": NEXT})
    _, settings = merchant_settings.read(service.table, cafe.id)
    forged = f"{cafe.id}{settings.owner_asked_ms}"
    thief = Browser(service)
    thief.go("POST", link(service, NEXT), form={})
    thief.go("POST", f"/console/hand-over/{forged}", form={})
    assert cafe.call("GET", "/v1/merchant").json["owner_email"] == OWNER


@against(removal.of(protocol, "require_own_page", lambda request: None))
def test_a_page_of_another_site_agrees_to_nothing(
    removed: None, service: Service, cafe: Merchant
) -> None:
    owner = Browser(service).sign_in(OWNER)
    owner.go("POST", "/console/shop/owner", form={"email": NEXT})
    elsewhere = {"sec-fetch-site": "cross-site"}
    for address in (OWNER, NEXT):
        owner.go("POST", link(service, address), form={}, headers=elsewhere)
    assert cafe.call("GET", "/v1/merchant").json["owner_email"] == OWNER
