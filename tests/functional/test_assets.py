"""Pictures that are uploaded: decoded, made small, written again, and shown as the shop's logo."""

from __future__ import annotations

import struct
import zlib
from base64 import b64decode
from hashlib import sha256
from io import BytesIO

import pytest
from PIL import Image, ImageDraw

from regulars.posters import proof, uploads
from regulars.render import colors
from tests.service import Browser, Merchant, Reply, Service

NOISE = b"".join(
    sha256(bytes([at % 256, at // 256 % 256, at // 65536])).digest() for at in range(60_000)
)

ORIGIN = "https://cards.example"


def picture(kind: str = "PNG", side: int = 900, color: str = "#d94f2a") -> bytes:
    """A logo: a disc of one color on white."""
    drawn, out = Image.new("RGB", (side, side // 2), "#ffffff"), BytesIO()
    ImageDraw.Draw(drawn).ellipse((side // 4, 10, side * 3 // 4, side // 2 - 10), color)
    drawn.save(out, kind)
    return out.getvalue()


def upload(shop: Merchant, data: bytes, kind: str = "image/png") -> Reply:
    secret = shop.created["api_key"]
    headers = {"authorization": f"Bearer {secret}", "content-type": kind}
    return shop.service.request("POST", "/v1/assets", raw=data, headers=headers)


def shown(shop: Merchant, address: str) -> Image.Image:
    answer = shop.service.request("GET", address.removeprefix(ORIGIN))
    assert (answer.status, answer.headers["content-type"]) == (200, "image/png")
    assert "immutable" in answer.headers["cache-control"]
    found = Image.open(BytesIO(b64decode(answer.text)))
    found.load()
    return found


def with_logo(shop: Merchant, logo: str | None) -> Reply:
    document = shop.call("GET", "/v1/program").json["program"]
    document["branding"]["logo"] = logo
    return shop.call("PUT", "/v1/program", document, headers={"if-match": "*"})


class TestUploading:
    @pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
    def test_it_is_made_small_and_written_again(self, cafe: Merchant, kind: str) -> None:
        sent = picture(kind)
        answer = upload(cafe, sent, f"image/{kind.lower()}")
        assert answer.status == 201, answer.text
        assert (answer.json["width"], answer.json["height"]) == (512, 256)
        found = shown(cafe, answer.json["url"])
        assert (found.format, found.size) == ("PNG", (512, 256))

    def test_its_colors_can_be_read_on_white(self, cafe: Merchant) -> None:
        for color in ("#d94f2a", "#f5d020"):
            (first, *_) = upload(cafe, picture(color=color)).json["colors"]
            assert colors.contrast(first, colors.WHITE) >= 4.5
        assert upload(cafe, picture(color="#ffffff")).json["colors"] == []

    def test_a_photo_that_packs_badly_is_small_all_the_same(self, cafe: Merchant) -> None:
        noise, out = (
            Image.frombytes("RGB", (800, 800), NOISE),
            BytesIO(),
        )
        noise.save(out, "JPEG", quality=60)
        answer = upload(cafe, out.getvalue(), "image/jpeg")
        assert answer.status == 201
        reply = cafe.service.request("GET", answer.json["url"].removeprefix(ORIGIN))
        assert len(b64decode(reply.text)) <= uploads.BYTES_MAX

    def test_the_same_picture_is_the_same_one(self, cafe: Merchant) -> None:
        one, other = (upload(cafe, picture()).json["asset_id"] for _ in range(2))
        assert one == other

    def test_nothing_that_was_hidden_in_it_is_kept(self, cafe: Merchant) -> None:
        drawn, out = Image.new("RGB", (64, 64), "#123456"), BytesIO()
        exif = drawn.getexif()
        exif[0x010E] = "taken at 47.4979 N"
        drawn.save(out, "JPEG", exif=exif)
        answer = upload(cafe, out.getvalue() + b"<script>alert(1)</script>", "image/jpeg")
        kept = b64decode(cafe.service.request("GET", answer.json["url"].removeprefix(ORIGIN)).text)
        assert b"47.4979" not in kept
        assert b"script" not in kept


def bomb(side: int) -> bytes:
    """A PNG of few bytes that says it is enormous."""

    def chunk(name: bytes, data: bytes) -> bytes:
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\0" * 100_000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )


class TestRefusing:
    @pytest.mark.parametrize("side", [6_000, 30_000, 2**31 - 1])
    def test_a_bomb_is_refused_before_it_is_decoded(
        self, cafe: Merchant, side: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def decoding(*_: object) -> None:
            raise AssertionError("it was decoded")

        monkeypatch.setattr("PIL.ImageFile.ImageFile.load", decoding)
        answer = upload(cafe, bomb(side))
        assert (answer.status, answer.code) == (422, "invalid")

    def test_what_is_too_many_bytes(self, cafe: Merchant) -> None:
        answer = upload(cafe, picture() + b"\0" * uploads.UPLOAD_MAX)
        assert (answer.status, answer.code) == (413, "too_large")

    @pytest.mark.parametrize(
        "kind", ["image/svg+xml", "image/gif", "text/html", "", "application/json"]
    )
    def test_other_kinds(self, cafe: Merchant, kind: str) -> None:
        assert upload(cafe, b"<svg/>", kind).status == 415

    @pytest.mark.parametrize("data", [
        b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a" + b"\0" * 50,
        picture()[:400], b"\x89PNG\r\n\x1a\n" + b"\0" * 64,
    ])  # fmt: skip
    def test_what_is_no_picture_whatever_it_is_called(self, cafe: Merchant, data: bytes) -> None:
        answer = upload(cafe, data)
        assert (answer.status, answer.code) == (422, "invalid")

    def test_what_nobody_signed(self, cafe: Merchant) -> None:
        headers = {"content-type": "image/png"}
        answer = cafe.service.request("POST", "/v1/assets", raw=picture(), headers=headers)
        assert answer.status == 401


class TestTheLogo:
    def test_is_on_the_join_page_the_card_and_posters(self, cafe: Merchant) -> None:
        asset = upload(cafe, picture()).json
        slug = cafe.created["slug"]
        poster = f"/q/{slug}.pdf"
        before = cafe.service.request("GET", poster, query={"logo": "on"}).headers["etag"]
        assert with_logo(cafe, asset["asset_id"]).status == 200
        path = f'src="{asset["url"].removeprefix(ORIGIN)}"'
        assert path in Browser(cafe.service).get(f"/j/{slug}").text
        card = cafe.join(name="Anna")["card_url"]
        assert path in cafe.service.card_page(card).text
        reply = cafe.service.request("GET", poster, query={"logo": "on"})
        assert reply.headers["etag"] != before
        shades = proof.of_pdf(b64decode(reply.text)).getcolors(1 << 24) or []
        assert sum(many for many, shade in shades if shade == (217, 79, 42)) > 300

    def test_of_another_merchant_is_none(self, cafe: Merchant, service: Service) -> None:
        theirs = upload(service.new_merchant(), picture()).json["asset_id"]
        made_up = cafe.id + "0" * 24
        for logo in (theirs, made_up, "../../x", "m" * 36):
            answer = with_logo(cafe, logo)
            assert (answer.status, answer.json["errors"][0]["path"]) == (422, "branding.logo")

    def test_of_the_live_shop_is_good_in_its_sandbox(self, cafe: Merchant) -> None:
        asset = upload(cafe, picture()).json["asset_id"]
        document = cafe.call("GET", "/v1/program").json["program"]
        document["branding"]["logo"] = asset
        reply = cafe.call("PUT", "/v1/program", document, headers={"if-match": "*"}, test=True)
        assert reply.status == 200, reply.text

    @pytest.mark.parametrize("name", ["x.png", "..%2Fx.png", "m" + "0" * 35 + ".png", "é.png"])
    def test_that_is_not_there_is_not_found(self, service: Service, name: str) -> None:
        assert service.request("GET", f"/logos/{name}").status == 404
