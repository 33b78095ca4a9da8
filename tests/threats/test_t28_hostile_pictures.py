"""T28: a picture that is uploaded or a poster that is asked for does harm."""

from __future__ import annotations

import pytest
from PIL import Image

from regulars.api import poster_files, programs
from regulars.core import limits
from regulars.posters import proof, uploads
from tests.functional.test_assets import bomb, picture, upload, with_logo
from tests.service import Merchant, Service
from tests.threats import removal
from tests.threats.removal import against


@against(removal.of(uploads, "PIXELS_MAX", 10**12))
def test_a_bomb_is_not_decoded(
    removed: None, cafe: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded: list[str] = []

    def decoding(_: object) -> None:
        decoded.append("it was decoded")

    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", decoding)
    assert upload(cafe, bomb(6_000)).status == 422
    assert decoded == []


@against(removal.of(programs, "_require_own_logo", lambda *_: None))
def test_a_picture_of_another_shop_is_no_logo(
    removed: None, cafe: Merchant, service: Service
) -> None:
    theirs = upload(service.new_merchant(), picture()).json["asset_id"]
    assert with_logo(cafe, theirs).status == 422


@against(removal.of(poster_files, "_require_owner", lambda *_: None))
def test_nobody_prints_their_words_at_the_address_of_a_shop(removed: None, cafe: Merchant) -> None:
    poster_files._kept.clear()
    words = {"layout": "a5", "text": "Send your money to me"}
    path = f"/q/{cafe.created['slug']}.pdf"
    assert cafe.service.request("GET", path, query=words).status == 401


@against(removal.of(poster_files, "_count", lambda *_: None))
def test_nobody_has_any_number_drawn(
    removed: None, cafe: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    poster_files._kept.clear()
    monkeypatch.setattr(limits.POSTERS_FOR_ONE, "most", 3)
    path = f"/q/{cafe.created['slug']}.svg"
    found = [
        cafe.service.request("GET", path, query={"source": f"s{at}"}, source="198.51.100.7").status
        for at in range(5)
    ]
    assert found.count(200) == 3


@against(removal.of(proof, "reads", lambda *_: True))
def test_a_code_that_no_scanner_reads_is_not_given_out(
    removed: None, cafe: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    poster_files._kept.clear()
    empty = Image.new("RGB", (600, 600), "#ffffff")
    monkeypatch.setattr(proof, "of_svg", lambda _: empty)
    path = f"/q/{cafe.created['slug']}.svg"
    assert cafe.service.request("GET", path).status == 422
