"""Passkeys (WebAuthn): what a browser is asked for, and whether what it answers is good.

The only module that needs `webauthn` and `cryptography`. It loads them when a passkey is used, so
that signing in by mail does not wait for them.
"""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from regulars.core import checks, typed
from regulars.core.config import settings
from regulars.core.observability import logger
from regulars.domain.refusals import RefusalCode, Refused
from regulars.store.passkeys import GOOD_MS, Passkey

SERVICE = "Regulars"
NAME_MAX = 60
ID_MAX = 1400
"""Characters of a credential's id; 1,023 bytes are the most there can be."""

PART_MAX = 16 * 1024
KEY_MAX = 1024
"""Bytes of a public key; one of RSA with 4,096 bits has 540."""

SELF_SIGNED = ("none", "packed")
"""Attestations that are taken: none, and those by the passkey itself. None was asked for."""

NOT_BASE64URL = "must be base64url without padding"
_BASE64URL = re.compile(r"[A-Za-z0-9_-]+")
_HANDLE = re.compile(r"(m[0-9a-z]{11})\.([0-9a-z]{1,32})")
"""A person as authenticators know them: merchant and id, both random."""

Fields = Mapping[str, Any]


class NotAcceptedError(Exception):
    """A passkey that the library would take, and we do not; the message says why."""


class Made(NamedTuple):
    """A new passkey, as its authenticator made it."""

    credential_id: str
    public_key: bytes
    uses: int


class Shown(NamedTuple):
    """A passkey as a browser shows it to sign somebody in: nothing of it is confirmed."""

    merchant_id: str
    staff_id: str
    credential: Fields

    @property
    def credential_id(self) -> str:
        return str(self.credential["id"])


def host() -> str:
    """Return the name that passkeys are for; empty where the address has a number instead, which
    no browser makes passkeys for."""
    name = urlsplit(settings().base_url).hostname or ""
    try:
        ip_address(name)
    except ValueError:
        return name
    return ""


def require_host() -> str:
    """Return the name that passkeys are for; raises FORBIDDEN where there is none."""
    if name := host():
        return name
    raise Refused(
        RefusalCode.FORBIDDEN,
        "Passkeys need a host with a name: on this machine open http://localhost.",
    )


def creation_options(
    challenge: str, merchant_id: str, staff_id: str, names: tuple[str, str],
    there: tuple[Passkey, ...],
) -> dict[str, Any]:  # fmt: skip
    """Return what `navigator.credentials.create` is given; `names` are shop and person, `there` the
    passkeys that there are."""
    import webauthn
    from webauthn.helpers import options_to_json_dict, structs

    shop, person = names
    options = webauthn.generate_registration_options(
        rp_id=require_host(),
        rp_name=SERVICE,
        user_id=f"{merchant_id}.{staff_id}".encode(),
        user_name=f"{shop} · {person}",
        user_display_name=person,
        challenge=challenge.encode(),
        timeout=GOOD_MS,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.PREFERRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[
            structs.PublicKeyCredentialDescriptor(id=_bytes(one.credential_id)) for one in there
        ],
    )
    return {**options_to_json_dict(options), "extensions": {"credProps": True}}


def request_options(challenge: str) -> dict[str, Any]:
    """Return what `navigator.credentials.get` is given: any passkey that is for this host."""
    import webauthn
    from webauthn.helpers import options_to_json_dict, structs

    options = webauthn.generate_authentication_options(
        rp_id=require_host(),
        challenge=challenge.encode(),
        timeout=GOOD_MS,
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    return options_to_json_dict(options)


def read_made(body: Fields) -> tuple[Fields, str]:
    """Check the body that ends an adding; returns the credential and the name that it is given.

    Raises INVALID, as for one that its authenticator does not keep: nobody could sign in with it.
    """
    errors = checks.fields(body, {"credential": _object, "name": _name}, ("credential",))
    credential = body.get("credential")
    if isinstance(credential, dict):
        errors += _credential_errors(credential, ("attestationObject", "clientDataJSON"))
        if _at(credential, "clientExtensionResults", "credProps", "rk") is False:
            where = "credential.clientExtensionResults.credProps.rk"
            errors.append((where, "must not be false: use a device that keeps passkeys"))
    checks.require(errors)
    return _plain(body["credential"]), typed.trimmed(body.get("name") or "")


def read_shown(body: Fields) -> Shown:
    """Check the body that ends a signing in; raises INVALID."""
    errors = checks.fields(body, {"credential": _object}, ("credential",))
    credential = body.get("credential")
    if isinstance(credential, dict):
        parts = ("authenticatorData", "clientDataJSON", "signature", "userHandle")
        errors += _credential_errors(credential, parts)
    checks.require(errors)
    handle = _bytes(body["credential"]["response"]["userHandle"]).decode("ascii", "replace")
    if not (found := _HANDLE.fullmatch(handle)):
        where = "credential.response.userHandle"
        raise Refused(RefusalCode.INVALID, "", ((where, "must be one that this service gave"),))
    return Shown(found[1], found[2], _plain(body["credential"]))


def made(credential: Fields, challenge: str) -> Made:
    """Return the passkey that an authenticator made for a challenge of ours.

    Raises INVALID for one that is for another page, host or challenge, that did not see who was
    there, or whose key is of no use.
    """
    try:
        return _made(credential, challenge)
    except Exception as error:  # whatever bytes a stranger sends go through parsers of others
        logger().info("passkey refused", extra={"why": type(error).__name__})
        from webauthn.helpers.exceptions import WebAuthnException

        explains = isinstance(error, (WebAuthnException, NotAcceptedError))
        why = str(error)[:200] if explains else ""
        reason = f"is not accepted: {why}" if why and checks.printable(why) else "is not valid"
        errors = (("credential.response", reason),)
        raise Refused(RefusalCode.INVALID, "The passkey is not accepted.", errors) from error


def uses_of(shown: Shown, challenge: str, passkey: Passkey) -> int | None:
    """Return how often the authenticator says a passkey was used that is shown for a challenge of
    ours; None when it does not show that the passkey is there."""
    import webauthn

    try:
        _require_own_frame(shown.credential)
        checked = webauthn.verify_authentication_response(
            credential=dict(shown.credential),
            expected_challenge=challenge.encode(),
            expected_rp_id=require_host(),
            expected_origin=settings().base_url,
            credential_public_key=passkey.public_key,
            # The count is looked at once the signature is known to be good: see `goes_back`.
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except Exception as error:  # as above
        logger().info("passkey refused", extra={"why": type(error).__name__})
        return None
    return checked.new_sign_count


def goes_back(before: int, uses: int) -> bool:
    """Tell whether a count did not rise, as if the passkey had been copied; 0 counts nothing."""
    return (before > 0 or uses > 0) and uses <= before


def _made(credential: Fields, challenge: str) -> Made:
    import webauthn
    from webauthn.helpers import (
        decode_credential_public_key,
        decoded_public_key_to_cryptography,
        parse_attestation_object,
    )

    _require_own_frame(credential)
    response = credential["response"]
    attested = parse_attestation_object(_bytes(response["attestationObject"]))
    if attested.fmt not in SELF_SIGNED or attested.att_stmt.x5c:
        raise NotAcceptedError("no attestation was asked for")
    checked = webauthn.verify_registration_response(
        credential=dict(credential),
        expected_challenge=challenge.encode(),
        expected_rp_id=require_host(),
        expected_origin=settings().base_url,
        require_user_verification=True,
    )
    if len(checked.credential_public_key) > KEY_MAX:
        raise NotAcceptedError("the key is too long")
    decoded_public_key_to_cryptography(decode_credential_public_key(checked.credential_public_key))
    if checked.credential_id != _bytes(credential["id"]):
        raise NotAcceptedError("its id is another one")
    return Made(credential["id"], checked.credential_public_key, checked.sign_count)


def _require_own_frame(credential: Fields) -> None:
    """Raise unless the passkey was asked for by a page of its own, in no frame of another site."""
    if json.loads(_bytes(credential["response"]["clientDataJSON"])).get("crossOrigin"):
        raise NotAcceptedError("a frame of another site asked for it")


def _credential_errors(credential: Fields, parts: tuple[str, ...]) -> list[tuple[str, str]]:
    """What is wrong with a credential as browsers write it. What we do not read may be anything:
    browsers add to it."""
    errors = _texts(credential, "credential", {"id": ID_MAX, "rawId": ID_MAX})
    if credential.get("type") != "public-key":
        errors.append(("credential.type", checks.must_be_one_of(("public-key",))))
    response = credential.get("response")
    if not isinstance(response, dict):
        return [*errors, ("credential.response", checks.NOT_AN_OBJECT)]
    return errors + _texts(response, "credential.response", dict.fromkeys(parts, PART_MAX))


def _texts(given: Fields, path: str, known: Mapping[str, int]) -> list[tuple[str, str]]:
    """What is wrong with fields that must be base64url of at most so many characters."""
    errors = []
    for name, longest in known.items():
        value = given.get(name)
        if value is None:
            errors.append((f"{path}.{name}", checks.REQUIRED))
        elif not isinstance(value, str) or not _BASE64URL.fullmatch(value) or len(value) % 4 == 1:
            errors.append((f"{path}.{name}", NOT_BASE64URL))
        elif len(value) > longest:
            errors.append((f"{path}.{name}", checks.at_most_characters(longest)))
    return errors


def _plain(credential: Fields) -> Fields:
    """The parts of a credential that are read, and nothing else."""
    kept = {name: credential[name] for name in ("id", "rawId", "type")}
    return {**kept, "response": {
        name: value for name, value in credential["response"].items() if isinstance(value, str)
    }}  # fmt: skip


def _object(value: Any) -> str:
    return "" if isinstance(value, dict) else checks.NOT_AN_OBJECT


def _name(value: Any) -> str:
    wrong = checks.pasted(NAME_MAX)(value)
    return wrong or ("" if checks.visible(value) else checks.NOT_VISIBLE)


def _at(given: Any, *names: str) -> Any:
    """What is at a place in objects within objects; None where there is nothing."""
    for name in names:
        given = given.get(name) if isinstance(given, dict) else None
    return given


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
