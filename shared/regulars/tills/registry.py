"""The tills and shops whose events are understood: the modules of `providers`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, cast

from regulars.core import folders
from regulars.store.merchants import Hook
from regulars.tills.events import Delivery, Event, ReportedCustomer, Sample


class Till(Protocol):
    """What the module of a provider has."""

    SECRET_FROM_PROVIDER: bool
    """Whether the secret is made by the provider and must be set before anything is live."""

    def key_of(self, secret: str) -> bytes:
        """Return the key that a secret stands for; raises ValueError, with words for its owner, for
        one that anybody could guess or that is none."""

    def verify(self, hook: Hook, headers: Mapping[str, str], body: bytes, now_s: int) -> bool:
        """Return whether the provider signed these raw bytes for this hook.

        `headers` have lower-case names, `now_s` is in seconds since the epoch. Raises StaleError
        for what it did sign, but too long ago or in the future.
        """

    def read(self, event: Mapping[str, Any]) -> Event:
        """Read a parsed body; raises UnreadableError saying where it is not as documented."""

    def is_test(self, event: Mapping[str, Any]) -> bool:
        """Return whether the provider marks an event as a test: in a live shop it earns nothing."""

    def account_of(self, event: Mapping[str, Any]) -> str:
        """Return whose account an event is about, "" when the provider does not say."""

    def sample(self, hook: Hook, sample: Sample) -> Delivery:
        """Return an event as the provider would send and sign it."""

    def fetch_customer(self, hook: Hook, customer_ref: str) -> ReportedCustomer | None:
        """Ask the provider who a customer is; None when it cannot be asked.

        Raises OSError or UnreadableError when there is no usable answer.
        """


@cache
def names() -> tuple[str, ...]:
    """Return the ids of all providers, in alphabetical order."""
    return folders.modules(Path(__file__).parent / "providers")


@cache
def till(provider: str) -> Till:
    """Return the module of a provider; raises LookupError for one that is not there."""
    if provider not in names():
        raise LookupError(provider)
    return cast(Till, import_module(f"regulars.tills.providers.{provider}"))
