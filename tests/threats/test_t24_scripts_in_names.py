"""T24: a script in a name, a note or a shop's own words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from regulars.render import page as rendering
from tests.functional.test_card_devices import joined, own
from tests.service import Browser, Merchant
from tests.threats.removal import Removal, against

PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    "</title><script>alert(1)</script>",
    "{{7*7}}${7*7}",
    "javascript:alert(1)//",
)


def unescaped() -> Removal:
    """Pages that put in what people typed as it is."""

    def take_away(monkeypatch: pytest.MonkeyPatch) -> None:
        real: Callable[..., Any] = rendering.render

        def render(*args: Any, **more: Any) -> Any:
            shown = real(*args, **more)
            text = shown.html.replace("&lt;", "<").replace("&gt;", ">").replace("&#34;", '"')
            text = text.replace("&#39;", "'")
            return shown._replace(html=text)

        from regulars.pages import answer

        monkeypatch.setattr(answer, "render", render)

    return Removal("escaping", take_away)


@against(unescaped())
@pytest.mark.parametrize("payload", PAYLOADS[:4])
def test_what_a_guest_types_is_text(removed: None, cafe: Merchant, payload: str) -> None:
    device, _ = joined(cafe, name=payload)
    for path in (own(cafe), f"{own(cafe)}/profile"):
        page = device.get(path)
        assert page.status == 200
        assert payload not in page.text
        assert "onerror=alert" not in page.text.replace("&lt;img src=x onerror=alert", "")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_is_sent_back_in_a_form_is_text(cafe: Merchant, payload: str) -> None:
    browser = Browser(cafe.service)
    page = browser.post(f"/j/{cafe.created['slug']}", name="Anna", email=payload, ref=payload)
    assert page.status == 422
    assert "<script>alert" not in page.text
    assert "<img src=x" not in page.text
    assert "49" not in page.text.partition('id="email"')[2][:200]


def test_no_page_lets_a_script_in_that_is_not_ours(cafe: Merchant) -> None:
    device, _ = joined(cafe)
    for path in (own(cafe), f"{own(cafe)}/profile", f"/j/{cafe.created['slug']}/recover"):
        policy = device.get(path).headers["content-security-policy"]
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy
