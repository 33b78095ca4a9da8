"""The pass for Apple's wallet: what is in it, and that Apple's own rules for it hold.

The signature is checked by openssl, which knows nothing of our code.
"""

from __future__ import annotations

import json
import re
import subprocess
from hashlib import sha1
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from tests import wallets
from tests.service import Browser, Merchant, Service
from tests.wallets import Pass

REQUIRED = {
    "description": str, "formatVersion": int, "organizationName": str, "passTypeIdentifier": str,
    "serialNumber": str, "teamIdentifier": str,
}  # fmt: skip
POINTS = {"icon": (29, 29), "logo": (160, 50), "strip": (375, 144)}
"""How large a picture may be, in points."""


@pytest.fixture
def one(anna: Browser, cafe: Merchant) -> Pass:
    return wallets.download(anna, cafe)


def verified(one: Pass, folder: Path, by: str, manifest: bytes | None = None) -> bool:
    """Whether openssl takes the signature of a pass, as `smime` or `cms`."""
    own, between = wallets.write_certificates(folder)
    (folder / "signature").write_bytes(one.files["signature"])
    (folder / "manifest").write_bytes(manifest or one.files["manifest.json"])
    done = subprocess.run(
        [
            "openssl", by, "-verify", "-binary", "-inform", "DER", "-in", "signature", "-content",
            "manifest", "-CAfile", between.name, "-purpose", "any", "-out", "out", "-signer",
            "signer.pem",
        ],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode == 0:
        signer = (folder / "signer.pem").read_text().strip()
        assert own.read_text().strip() in signer, "it is ours"
    return done.returncode == 0


class TestSignature:
    def test_every_file_is_in_the_manifest_with_its_hash(self, one: Pass) -> None:
        manifest = json.loads(one.files["manifest.json"])
        others = set(one.files) - {"manifest.json", "signature"}
        assert set(manifest) == others
        assert {name: sha1(one.files[name]).hexdigest() for name in others} == manifest  # noqa: S324 - Apple's

    @pytest.mark.parametrize("by", ["smime", "cms"])
    def test_openssl_takes_it_and_nothing_else(self, one: Pass, tmp_path: Path, by: str) -> None:
        assert verified(one, tmp_path, by)
        changed = one.files["manifest.json"].replace(b"pass.json", b"pass.jsoN")
        assert changed != one.files["manifest.json"]
        assert not verified(one, tmp_path, by, changed)

    def test_it_is_detached_and_brings_what_leads_to_apple_and_the_time(
        self, one: Pass, tmp_path: Path
    ) -> None:
        (tmp_path / "signature").write_bytes(one.files["signature"])
        shown = subprocess.run(
            ["openssl", "cms", "-cmsout", "-print", "-noout", "-inform", "DER", "-in", "signature"],
            cwd=tmp_path, capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        assert "signingTime" in shown
        assert re.search(r"eContent:\s*<ABSENT>", shown)
        listed = subprocess.run(
            ["openssl", "pkcs7", "-print_certs", "-noout", "-inform", "DER", "-in", "signature"],
            cwd=tmp_path, capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        assert listed.count("subject=") == 2, "ours, and the one that has signed it"


class TestWhatItSays:
    def test_it_has_what_apple_asks_for(self, one: Pass) -> None:
        document = one.document
        assert {name: type(document.get(name)) for name in REQUIRED} == REQUIRED
        assert document["formatVersion"] == 1
        assert document["passTypeIdentifier"] == wallets.PASS_TYPE
        assert document["teamIdentifier"] == "TRYTRYTRY1"
        assert document["webServiceURL"] == "https://cards.example/wallet/apple"
        assert len(document["authenticationToken"]) >= 16
        assert document["sharingProhibited"] is True
        assert "voided" not in document
        for name in ("backgroundColor", "foregroundColor", "labelColor"):
            assert re.fullmatch(r"rgb\(\d{1,3}, \d{1,3}, \d{1,3}\)", document[name])
        fields = [it for several in document["storeCard"].values() for it in several]
        keys = [it["key"] for it in fields]
        assert len(keys) == len(set(keys)), "a key stands once"
        assert all(it["value"] for it in fields)
        assert len(document["storeCard"]["secondaryFields"]) <= 4
        assert [it["key"] for it in fields if "changeMessage" in it] == ["news"]
        assert "%@" in one.field("news")["changeMessage"]

    def test_its_pictures_have_their_sizes(self, one: Pass) -> None:
        for name, (wide, high) in POINTS.items():
            for suffix, scale in {"": 1, "@2x": 2, "@3x": 3}.items():
                picture = Image.open(BytesIO(one.files[f"{name}{suffix}.png"]))
                picture.load()
                size = picture.size
                if name == "logo":
                    assert size[0] <= wide * scale
                    assert size[1] == high * scale
                else:
                    assert size == (wide * scale, high * scale)

    def test_it_says_what_the_card_says_in_its_members_language(
        self, one: Pass, anna: Browser, cafe: Merchant
    ) -> None:
        assert one.field("count")["value"] == "1 / 10"
        assert one.field("reward")["label"] == "Következő jutalom"
        page = anna.get(f"/card/{cafe.created['slug']}").text
        assert one.field("news")["value"].replace("\u00a0", " ") in page.replace("\u00a0", " ")
        assert one.document["logoText"] == cafe.created.get("name", "Corner Café")

    def test_stamps_are_drawn_and_the_picture_follows_them(
        self, one: Pass, anna: Browser, cafe: Merchant
    ) -> None:
        cafe.earn(wallets.member_id(anna))
        after = wallets.download(anna, cafe)
        assert after.field("count")["value"] == "2 / 10"
        assert after.files["strip.png"] != one.files["strip.png"]
        assert after.files["icon.png"] == one.files["icon.png"]

    def test_a_reward_that_waits_is_named_and_its_code_is_not_in_it(
        self, anna: Browser, cafe: Merchant
    ) -> None:
        answer = cafe.earn(wallets.member_id(anna), visits=9)
        one = wallets.download(anna, cafe)
        assert one.field("reward")["value"]
        assert one.field("news")["value"].startswith("Rád vár:")
        for voucher in answer["unlocked"]:
            assert voucher["code"] not in one.files["pass.json"].decode()

    def test_it_holds_neither_the_link_of_the_card_nor_an_address(
        self, cafe: Merchant, service: Service
    ) -> None:
        browser = wallets.member(cafe, name="Béla Nagy", email="bela@example.com")
        text = wallets.download(browser, cafe).files["pass.json"].decode()
        link = cafe.card(wallets.member_id(browser))["card_url"].rpartition("/")[2]
        assert [it for it in (link, "bela@example.com", "Nagy") if it in text] == []

    def test_points_stand_in_figures(self, service: Service, cafe: Merchant) -> None:
        shop = service.new_merchant("bookshop")
        one = wallets.download(wallets.member(shop, name="Anna"), shop)
        assert "strip.png" not in one.files
        assert [it["key"] for it in one.document["storeCard"]["primaryFields"]] == ["count"]

    def test_the_shops_own_logo_is_on_it(self, anna: Browser, cafe: Merchant) -> None:
        out = BytesIO()
        Image.new("RGB", (400, 200), "#0a7d5c").save(out, "PNG")
        headers = {
            "authorization": f"Bearer {cafe.created['api_key']}",
            "content-type": "image/png",
        }
        sent = cafe.service.request(
            "POST", "/v1/assets", raw=out.getvalue(), headers={**headers, "idempotency-key": "l"}
        )
        document = cafe.call("GET", "/v1/program").json["program"]
        document["branding"] = {**document.get("branding", {}), "logo": sent.json["asset_id"]}
        assert cafe.call("PUT", "/v1/program", document, headers={"if-match": "1"}).status == 200
        one = wallets.download(anna, cafe)
        assert Image.open(BytesIO(one.files["logo@2x.png"])).size == (200, 100)


class TestTheSamePass:
    def test_serial_number_and_token_never_change(
        self, one: Pass, anna: Browser, cafe: Merchant
    ) -> None:
        cafe.earn(wallets.member_id(anna))
        again = wallets.download(anna, cafe)
        assert (again.serial, again.token, again.code) == (one.serial, one.token, one.code)

    def test_two_cards_share_none_of_them(self, one: Pass, cafe: Merchant) -> None:
        other = wallets.download(wallets.member(cafe, name="Béla"), cafe)
        mine, theirs = ({it.serial, it.token, it.code} for it in (one, other))
        assert not mine & theirs
