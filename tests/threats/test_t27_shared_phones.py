"""T27: who uses a phone after somebody else reaches the card of the one before, or a stranger's."""

from __future__ import annotations

from regulars.actions import live_on
from regulars.pages.customer.card import opening
from tests.functional.test_card_devices import as_script, is_device, joined, own
from tests.service import Browser, Merchant
from tests.threats import removal
from tests.threats.removal import against
from tests.threats.test_t25_codes_without_network import not_ended


@against(removal.of(live_on, "end", not_ended))
def test_what_a_browser_kept_opens_nothing_after_not_me(removed: None, cafe: Merchant) -> None:
    phone, _ = joined(cafe, name="Anna")
    kept = dict(phone.cookies)
    phone.post(f"{own(cafe)}/forget")
    phone.cookies = kept
    assert as_script(cafe, phone, f"{own(cafe)}/state").status == 404


def first_device(devices: object, _: str) -> object:
    return next(iter(devices), None)  # type: ignore[call-overload]


@against(removal.of(opening, "with_secret", first_device))
def test_a_made_up_other_card_is_not_opened(removed: None, cafe: Merchant) -> None:
    _, stranger = joined(cafe, name="Stranger")
    phone = Browser(cafe.service)
    phone.post(f"/j/{cafe.created['slug']}", name="Anna")
    name = f"__Host-regulars_others_{cafe.id}"
    phone.cookies[name] = f"{stranger['member_id']}.{'a' * 26}"
    phone.post(f"{own(cafe)}/switch", member_id=stranger["member_id"])
    assert "Stranger" not in phone.get(own(cafe)).text


def test_the_second_who_joins_leaves_the_first_their_device(cafe: Merchant) -> None:
    phone, _ = joined(cafe, name="Anna")
    firsts = dict(phone.cookies)
    phone.post(f"/j/{cafe.created['slug']}", name="Peter")
    assert "Peter" in phone.get(own(cafe)).text
    phone.cookies = firsts
    assert is_device(cafe, phone)
