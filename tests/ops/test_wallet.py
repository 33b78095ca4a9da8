"""The operator's side of the wallets: certificates are put, shown and taken away over moto's SSM,
and what does not fit together is refused."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import boto3
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)

from tests import wallets
from tests.aws_services import AwsServices
from tests.ops import scripts
from tests.wallets import ISSUER, SCRIPT, made

DEPLOY = scripts.load("deploy")


@pytest.fixture
def place(aws_services: AwsServices) -> Any:
    """The parameters of a new stack."""
    ssm = boto3.client("ssm", endpoint_url=aws_services.url)
    return SCRIPT.Parameters(ssm, f"s{uuid4().hex}")


def test_what_was_put_is_shown_without_keys_and_can_be_taken_away(place: Any) -> None:
    assert SCRIPT.shown(place) == ["no wallet has certificates"]
    SCRIPT.put_apple(place, made().own, made().key, made().between)
    SCRIPT.put_google(place, made().account_file(), ISSUER)
    lines = SCRIPT.shown(place)
    assert wallets.PASS_TYPE in lines[0]
    assert str(made().own.not_valid_after_utc.date()) in lines[0]
    assert ISSUER in lines[1]
    assert place.read("apple")["key"] not in "".join(lines)
    SCRIPT.drop(place, "apple")
    assert [line.split()[0] for line in SCRIPT.shown(place)] == ["google"]
    with pytest.raises(SCRIPT.RefusedError):
        SCRIPT.drop(place, "apple")


def test_a_parameter_is_encrypted_and_costs_nothing(place: Any) -> None:
    SCRIPT.put_apple(place, made().own, made().key, made().between)
    SCRIPT.put_google(place, made().account_file(), ISSUER)
    for name in ("apple", "wwdr", "google"):
        found = place.ssm.get_parameter(Name=f"{place.prefix}/{name}")["Parameter"]
        assert found["Type"] == "SecureString"
        assert len(json.dumps(place.read(name))) <= 4096
    with pytest.raises(SCRIPT.RefusedError, match="may have 4096"):
        place.write("apple", {"certificate": "x" * 4096})


@pytest.mark.parametrize("found", ["none", "apple", "google", "both"])
def test_a_deployment_sees_for_which_wallets_there_are_certificates(place: Any, found: str) -> None:
    if found in {"apple", "both"}:
        SCRIPT.put_apple(place, made().own, made().key, made().between)
    if found in {"google", "both"}:
        SCRIPT.put_google(place, made().account_file(), ISSUER)
    assert DEPLOY.wallets_of(place.ssm, place.prefix.split("/")[1]) == found


class TestRefused:
    def test_the_key_of_another_certificate(self, place: Any) -> None:
        other = rsa.generate_private_key(65537, 2048)
        with pytest.raises(SCRIPT.RefusedError, match="key is not that"):
            SCRIPT.put_apple(place, made().own, other, made().between)

    def test_a_certificate_between_that_has_not_signed_it(self, place: Any) -> None:
        _, _, other = SCRIPT.self_made()
        with pytest.raises(SCRIPT.RefusedError, match="has not signed"):
            SCRIPT.put_apple(place, made().own, made().key, other)

    def test_one_whose_time_is_over(self, place: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        later = datetime.now(UTC) + timedelta(days=400)
        monkeypatch.setattr(SCRIPT, "datetime", SimpleNamespace(now=lambda _: later))
        with pytest.raises(SCRIPT.RefusedError, match="time is over"):
            SCRIPT.put_apple(place, made().own, made().key, made().between)

    def test_one_that_is_not_for_passes(self, place: Any) -> None:
        key, maker = (rsa.generate_private_key(65537, 2048) for _ in range(2))
        between = SCRIPT.signed("Maker", maker, "Maker", maker, {}, is_maker=True)
        own = SCRIPT.signed("Push Services", key, "Maker", maker, {}, is_maker=False)
        with pytest.raises(SCRIPT.RefusedError, match="Pass Type ID"):
            SCRIPT.put_apple(place, own, key, between)

    @pytest.mark.parametrize("issuer", ["", "12", "x" * 20, "BCR2DN4T"])
    def test_what_is_no_issuer_id(self, place: Any, issuer: str) -> None:
        with pytest.raises(SCRIPT.RefusedError, match="issuer"):
            SCRIPT.put_google(place, made().account_file(), issuer)

    def test_what_is_no_service_account(self, place: Any) -> None:
        with pytest.raises(SCRIPT.RefusedError, match="service account"):
            SCRIPT.put_google(place, {"type": "authorized_user"}, ISSUER)


class TestFiles:
    def test_a_p12_and_two_files_hold_the_same(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        lock = BestAvailableEncryption(b"word")
        both = pkcs12.serialize_key_and_certificates(b"p", made().key, made().own, None, lock)
        (tmp_path / "pass.p12").write_bytes(both)
        (tmp_path / "pass.pem").write_bytes(made().own.public_bytes(Encoding.PEM))
        pem = made().key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (tmp_path / "pass.key").write_bytes(pem)
        monkeypatch.setattr(SCRIPT.getpass, "getpass", lambda _: "word")
        one = SCRIPT.from_files(tmp_path / "pass.p12", None)
        other = SCRIPT.from_files(tmp_path / "pass.pem", tmp_path / "pass.key")
        assert one[0] == other[0] == made().own
        assert one[1].private_numbers() == other[1].private_numbers()
        der = made().between.public_bytes(Encoding.DER)
        assert SCRIPT.certificate_in(der) == made().between

    def test_a_folder_for_a_run_on_this_machine_is_for_our_eyes_only(self, tmp_path: Path) -> None:
        folder = SCRIPT.Folder(tmp_path / "wallet")
        SCRIPT.put_self_made(folder)
        assert [line.split()[0] for line in SCRIPT.shown(folder)] == ["apple", "google"]
        for file in (tmp_path / "wallet").iterdir():
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
