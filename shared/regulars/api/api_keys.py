"""API keys as their owner sees them: made, rolled, revoked; a secret is shown once."""

from __future__ import annotations

from typing import Any

from regulars.api import models_access
from regulars.api.reading import read_body
from regulars.core import checks, clock
from regulars.domain.calendar import rfc3339, to_ms
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import credentials, protocol, scopes
from regulars.store import api_keys, audit, connect
from regulars.store.api_keys import ApiKey
from regulars.store.table import Put

KEYS_MAX = 100
"""The most keys a merchant has that can be used."""

HOUR_MS = 3_600_000


def list_keys(request: protocol.Request) -> protocol.Response:
    """GET /v1/keys: all of them, the newest first, also those that cannot be used any more."""
    gathered = credentials.gather(connect.table(), request)
    found = api_keys.of_merchant(connect.table(), gathered.shop.merchant_id)
    items = [_view(key) for key in found]
    return protocol.json_answer(200, {"items": items, "next": None})


def create(request: protocol.Request) -> protocol.Response:
    """POST /v1/keys: a new key; the secret is shown this once."""
    gathered = credentials.gather(connect.table(), request)
    body = read_body(request, models_access.NewApiKey)
    m = gathered.shop.merchant_id
    _require_room(m)
    secret, key = credentials.new_api_key(
        m, _now_ms(), name=body.name, scopes=tuple(dict.fromkeys(body.scopes)),
        origins=_origins(body), expires_ms=_expires_ms(body),
    )  # fmt: skip
    api_keys.write(
        connect.table(),
        [
            *api_keys.puts(key),
            *api_keys.ending(key, clock.now()),
            _noted(gathered, request, "key.created", key),
        ],
    )
    return protocol.json_answer(201, {**_view(key), "key": secret})


def roll(request: protocol.Request) -> protocol.Response:
    """POST /v1/keys/{id}/roll: another key in the place of one, which goes on for some hours."""
    gathered = credentials.gather(connect.table(), request)
    body = read_body(request, models_access.RollBody)
    old = _known(gathered, request)
    if old.state(_now_ms()) != "live":
        hint = "is a key that cannot be used any more; create a new one"
        raise Refused(RefusalCode.INVALID, "", (("id", hint),))
    _require_room(gathered.shop.merchant_id)
    secret, new = credentials.new_api_key(
        old.merchant_id, _now_ms(), name=old.name, scopes=old.scopes, origins=old.origins
    )
    until = _now_ms() + body.overlap_hours * HOUR_MS
    ends = old._replace(expires_ms=min(old.expires_ms or until, until))
    noted = _noted(gathered, request, "key.rolled", ends, after=new)
    api_keys.write(connect.table(), [*api_keys.puts(ends), *api_keys.puts(new), noted])
    return protocol.json_answer(201, {**_view(new), "key": secret})


def revoke(request: protocol.Request) -> protocol.Response:
    """DELETE /v1/keys/{id}: from now on the key is answered like an unknown one."""
    gathered = credentials.gather(connect.table(), request)
    key = _known(gathered, request)
    if not key.revoked_ms:
        others = api_keys.of_merchant(connect.table(), key.merchant_id)
        if not any(_opens_all(one) for one in others if one.key_id != key.key_id):
            hint = "is the last key with the scope full: roll it, or create another one first"
            raise Refused(RefusalCode.INVALID, "", (("id", hint),))
        gone = key._replace(revoked_ms=_now_ms())
        noted = _noted(gathered, request, "key.revoked", gone)
        api_keys.write(connect.table(), [*api_keys.puts(gone), noted])
    return protocol.empty(204)


def _opens_all(key: ApiKey) -> bool:
    """Whether a key can be used for everything, without an end."""
    return scopes.FULL in key.scopes and not key.revoked_ms and not key.expires_ms


def _require_room(merchant_id: str) -> None:
    found = api_keys.of_merchant(connect.table(), merchant_id)
    if sum(key.state(_now_ms()) == "live" for key in found) >= KEYS_MAX:
        raise Refused(
            RefusalCode.LIMIT_REACHED, f"There are {KEYS_MAX} keys already; revoke some first."
        )


def _known(gathered: credentials.Gathered, request: protocol.Request) -> ApiKey:
    """Return the key of the path; raises NOT_FOUND."""
    key = api_keys.find(connect.table(), gathered.shop.merchant_id, request.param("id"))
    if key is None:
        raise Refused(RefusalCode.NOT_FOUND)
    return key


def _origins(body: models_access.NewApiKey) -> tuple[str, ...]:
    """Return the origins of a key that is published in pages; raises INVALID when they do not go
    with its scopes."""
    is_public = scopes.PUBLISHABLE in body.scopes
    if is_public and len(set(body.scopes)) > 1:
        hint = "publishable stands alone: a key in a page must open nothing else"
        raise Refused(RefusalCode.INVALID, "", (("scopes", hint),))
    if is_public != bool(body.origins):
        hint = "is needed" if is_public else "belongs to keys with the scope publishable"
        raise Refused(RefusalCode.INVALID, "", (("origins", hint),))
    return tuple(dict.fromkeys(body.origins or ()))


def _expires_ms(body: models_access.NewApiKey) -> int:
    expires_ms = checks.parse_instant(body.expires_at) if body.expires_at else 0
    if expires_ms is None or (body.expires_at and expires_ms <= _now_ms()):
        raise Refused(RefusalCode.INVALID, "", (("expires_at", "must be in the future"),))
    return expires_ms


def _noted(
    gathered: credentials.Gathered, request: protocol.Request, what: str, key: ApiKey,
    *, after: ApiKey | None = None,
) -> Put:  # fmt: skip
    about = {"name": key.name, "scopes": list(key.scopes)}
    if after:
        about["key_id"] = after.key_id
    return audit.put(
        key.merchant_id, _now_ms(), credentials.actor(gathered.caller, request), what,
        key.key_id, after=about,
    )  # fmt: skip


def _now_ms() -> int:
    """The real time: keys do not live by a sandbox's clock."""
    return to_ms(clock.now())


def _view(key: ApiKey) -> dict[str, Any]:
    return {
        "key_id": key.key_id,
        "name": key.name,
        "scopes": list(key.scopes),
        "origins": list(key.origins),
        "created_at": rfc3339(key.created_ms) if key.created_ms else None,
        "expires_at": rfc3339(key.expires_ms) if key.expires_ms else None,
        "state": key.state(_now_ms()),
    }


ROUTES: dict[str, protocol.Handler] = {
    "GET /v1/keys": list_keys,
    "POST /v1/keys": create,
    "POST /v1/keys/{id}/roll": roll,
    "DELETE /v1/keys/{id}": revoke,
}
