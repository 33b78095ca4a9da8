"""Where a till posts: a merchant has a hook for every provider, stored or not.

The id of a hook names its merchant and cannot be guessed, so a hook exists without being stored;
only what its owner sets is. (Hooks of the first release were stored under ids without the name.)
"""

from __future__ import annotations

import hmac
from contextlib import suppress

from regulars.core import tokens
from regulars.core.config import settings
from regulars.store import keys
from regulars.store.merchants import Hook, hook_item, hook_of
from regulars.store.table import Put, Table
from regulars.tills import registry

_MAC_LENGTH = 20


def hook_id(merchant_id: str, provider: str) -> str:
    """Return the id of a merchant's hook: the same whenever it is asked for."""
    mac = tokens.derive("hook-id", merchant_id, provider, "2").hex()[:_MAC_LENGTH]
    return f"{merchant_id}{mac}"


def read(table: Table, merchant_id: str, provider: str) -> Hook:
    """Return a merchant's hook of a provider."""
    first_release, own = _ids(merchant_id, provider)
    for item in table.get(keys.hook(first_release), keys.hook(own)):
        if item:
            return hook_of(item)
    return _derived(own, merchant_id, provider)


def find(table: Table, wanted: str, provider: str) -> Hook | None:
    """Return the hook that an event was posted to; None when there is none of this provider, or
    its merchant was closed."""
    (item,) = table.get(keys.hook(wanted), consistent=False)
    if item:
        hook = hook_of(item)
        return hook if hook.provider == provider and not item.get("closed") else None
    merchant_id = wanted[:-_MAC_LENGTH]
    if provider not in registry.names() or not merchant_id.isascii():
        return None
    own = hook_id(merchant_id, provider)
    if not hmac.compare_digest(own.encode(), wanted.encode()):
        return None
    return _derived(own, merchant_id, provider)


def closed(table: Table, merchant_id: str, *, yes: bool = True) -> list[Put]:
    """Return the writes that close all hooks of a merchant, or open them again."""
    writes = []
    for provider in registry.names():
        first_release, own = _ids(merchant_id, provider)
        before, now = table.get(keys.hook(first_release), keys.hook(own))
        items = [before, now or hook_item(_derived(own, merchant_id, provider))]
        writes += [Put({**item, "closed": yes}) for item in items if item]
    return writes


def emptied(table: Table, merchant_id: str) -> list[Put]:
    """Return the writes that take what tills gave us out of the closed hooks of a merchant."""
    hooks = [hook_of(write.item) for write in closed(table, merchant_id)]
    return [
        Put(
            hook_item(one._replace(secret="", access_token="", account="", rest={}))
            | {"closed": True}
        )
        for one in hooks
    ]


def _ids(merchant_id: str, provider: str) -> tuple[str, str]:
    """The id of a hook of the first release, and of one of now."""
    first_release = tokens.derive("hook-id", merchant_id, provider).hex()[:32]
    return first_release, hook_id(merchant_id, provider)


def secret_of(hook: Hook) -> str:
    """Return what signs the hook's events now."""
    return secrets_of(hook)[0]


def secrets_of(hook: Hook) -> list[str]:
    """Return what the hook's events may be signed with, the newest first.

    While one secret follows another there are several, parted by spaces; a secret that the
    provider made may hold a space. Ours, which is derived, holds until the owner sets another.
    """
    whole = registry.till(hook.provider).SECRET_FROM_PROVIDER
    own = [hook.secret] if whole and hook.secret else hook.secret.split()
    return own or [tokens.hook_secret(hook.hook_id)]


def keys_of(hook: Hook) -> list[bytes]:
    """Return the keys that the hook's events may be signed with. What is no good key counts for
    nothing: an empty one would let anybody sign."""
    till, keys_found = registry.till(hook.provider), []
    for secret in secrets_of(hook):
        with suppress(ValueError):
            keys_found.append(till.key_of(secret))
    return keys_found


def _derived(own: str, merchant_id: str, provider: str) -> Hook:
    """The hook as it is before its owner sets anything."""
    url = f"{settings().base_url}/hooks/{provider}/{own}"
    return Hook(own, merchant_id, provider, secret="", url=url, account="", access_token="")
