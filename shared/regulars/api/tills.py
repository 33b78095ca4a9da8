"""Till hooks as their owner sees and sets them up."""

from __future__ import annotations

from regulars import tokens
from regulars.api.merchants import hook_id_of
from regulars.domain.refusals import Code, Refused
from regulars.store import connect, merchants
from regulars.store.merchants import Hook, Merchants
from regulars.tills import PROVIDERS
from regulars.web import auth, http, models
from regulars.web.reading import read_body


def read(request: http.Request) -> http.Response:
    """GET /v1/hooks."""
    gathered = auth.gather(connect.table(), request, staff_too=False)
    m = gathered.caller.merchant_id
    return http.json_answer(200, {"items": [_view(hook_of(m, one)) for one in PROVIDERS]})


def change(request: http.Request) -> http.Response:
    """PUT /v1/hooks/{provider}: the provider's signature key, account and access."""
    gathered = auth.gather(connect.table(), request, staff_too=False)
    provider = request.param("provider")
    if provider not in PROVIDERS:
        raise Refused(Code.NOT_FOUND)
    body = read_body(request, models.HookSettings)
    hook = hook_of(gathered.caller.merchant_id, provider)
    given = {name: value or "" for name, value in body.model_dump(exclude_unset=True).items()}
    if "url" in given and not given["url"].startswith("https://"):
        raise Refused(Code.INVALID, "", (("url", "must be the https address set at the till"),))
    changed = hook._replace(**given)
    connect.table().put(merchants.hook_item(changed))
    return http.json_answer(200, _view(changed))


def hook_of(merchant_id: str, provider: str) -> Hook:
    """A merchant's hook of a provider; every merchant has one of each."""
    hook = Merchants(connect.table()).hook(hook_id_of(merchant_id, provider))
    if hook is None:
        raise Refused(Code.NOT_FOUND)
    return hook


def secret_of(hook: Hook) -> str:
    """What signs the hook's events now: the owner's own key, or the one we made.

    Of Standard Webhooks there may be several, the newest first; Square's one may hold a space.
    """
    secret = hook.secret.partition(" ")[0] if hook.provider == "generic" else hook.secret
    return secret or tokens.hook_secret(hook.hook_id)


def _view(hook: Hook) -> dict[str, str | None]:
    """A hook; a secret that was brought in is not shown again, ours can be read at any time."""
    return {
        "provider": hook.provider,
        "hook_id": hook.hook_id,
        "url": hook.url,
        "secret": None if hook.secret else tokens.hook_secret(hook.hook_id),
        "account": hook.account or None,
    }
