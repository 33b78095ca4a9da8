"""Till hooks as their owner sees and sets them up."""

from __future__ import annotations

from typing import Any

from regulars.api import models
from regulars.api.reading import read_body
from regulars.core import tokens
from regulars.domain.calendar import rfc3339, to_ms
from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import credentials, protocol
from regulars.store import audit, connect, keys
from regulars.store.marshal import Item
from regulars.store.merchants import Hook, Merchants
from regulars.tills import hooks, registry


def read(request: protocol.Request) -> protocol.Response:
    """GET /v1/hooks: one for every provider, whether its owner has set it up or not."""
    gathered = credentials.gather(connect.table(), request)
    m = gathered.shop.merchant_id
    found = [hooks.read(connect.table(), m, provider) for provider in registry.names()]
    seen = connect.table().get(*(keys.hook_seen(hook.hook_id) for hook in found))
    items = [_view(hook, item) for hook, item in zip(found, seen, strict=True)]
    return protocol.json_answer(200, {"items": items, "next": None})


def change(request: protocol.Request) -> protocol.Response:
    """PUT /v1/hooks/{provider}: the provider's signature key, account and access."""
    gathered = credentials.gather(connect.table(), request)
    provider = request.param("provider")
    if provider not in registry.names():
        raise Refused(RefusalCode.NOT_FOUND)
    body = read_body(request, models.HookSettings)
    hook = hooks.read(connect.table(), gathered.shop.merchant_id, provider)
    given: dict[str, Any] = {
        name: value or "" for name, value in body.model_dump(exclude_unset=True).items()
    }
    if "url" in given and not given["url"].startswith("https://"):
        raise Refused(
            RefusalCode.INVALID, "", (("url", "must be the https address set at the till"),)
        )
    changed = hook._replace(**given)
    _require_good_keys(changed)
    actor, now_ms = credentials.actor(gathered.caller, request), to_ms(gathered.now)
    m, names = gathered.shop.merchant_id, {"set": sorted(given)}
    noted = audit.put(m, now_ms, actor, "hook.changed", provider, after=names)
    Merchants(connect.table()).set_hook(changed, noted)
    (seen,) = connect.table().get(keys.hook_seen(hook.hook_id))
    return protocol.json_answer(200, _view(changed, seen))


def _require_good_keys(hook: Hook) -> None:
    """Raise INVALID for a secret that does not protect."""
    till = registry.till(hook.provider)
    for secret in hooks.secrets_of(hook):
        try:
            till.key_of(secret)
        except ValueError as error:
            raise Refused(RefusalCode.INVALID, "", (("secret", str(error)),)) from error


def _view(hook: Hook, seen: Item | None) -> dict[str, Any]:
    """A hook; a secret that was brought in is not shown again, ours can be read at any time."""
    return {
        "provider": hook.provider,
        "hook_id": hook.hook_id,
        "url": hook.url,
        "secret": None if hook.secret else tokens.hook_secret(hook.hook_id),
        "account": hook.account or None,
        "state": _state(hook, seen),
        "last_event_at": rfc3339(seen["at"]) if seen else None,
    }


def _state(hook: Hook, seen: Item | None) -> str:
    """Whether events come; before that, whether anything is left to be set."""
    if seen:
        return "live"
    missing = registry.till(hook.provider).SECRET_FROM_PROVIDER and not hook.secret
    return "unset" if missing else "pending"


ROUTES: dict[str, protocol.Handler] = {
    "GET /v1/hooks": read,
    "PUT /v1/hooks/{provider}": change,
}
