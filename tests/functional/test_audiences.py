"""Everybody who could call calls anything, at random: see `tests/audiences`.

Each planted fault is one protection taken away; the calls must notice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from regulars.actions import find
from regulars.core import config, tokens
from regulars.domain.refusals import Refused
from regulars.http import credentials, roles, scopes, sessions
from regulars.store import keys
from regulars.store.members import card_url
from tests.audiences import calls
from tests.conftest import PLATFORM_KEY

CALLS = 4000
"""Of a planted fault, at most; it is found with the first."""


@pytest.fixture(autouse=True)
def platform_key(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The key that merchants are made with."""
    monkeypatch.setenv("PLATFORM_KEY_SHA256", tokens.digest(PLATFORM_KEY))
    monkeypatch.setenv("MESSAGES_QUEUE_URL", "http://localhost/messages")
    monkeypatch.setenv("ORDERS_QUEUE_URL", "http://localhost/orders")
    config.settings.cache_clear()
    yield
    config.settings.cache_clear()


def test_nobody_reaches_what_is_not_theirs() -> None:
    assert list(calls.play(seed=11, calls=300)) == []


def _everybody_is_an_owner(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(roles, "allows", lambda *_: True)


def _every_key_is_full(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(scopes, "allows", lambda *_: True)


def _nobody_is_asked_again(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(sessions, "is_sure", lambda _: True)


def _scripts_of_other_sites_are_heard(patch: pytest.MonkeyPatch) -> None:
    real = sessions.presented
    patch.setattr(sessions, "presented", lambda request, **_: real(request, by_form=True))


def _links_are_for_everybody(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(find, "_link", lambda shop, profile: card_url("", shop.merchant_id, profile))


def _cards_are_found_at_any_merchant(patch: pytest.MonkeyPatch) -> None:
    """A key of the table that leaves out whose card it is."""
    patch.setattr(keys, "card", lambda _, c: f"M#m#C#{c}")


def _the_platform_is_anybody(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(credentials, "require_platform", lambda _: None)


PLANTED = (
    _everybody_is_an_owner, _every_key_is_full, _nobody_is_asked_again,
    _scripts_of_other_sites_are_heard, _links_are_for_everybody, _cards_are_found_at_any_merchant,
    _the_platform_is_anybody,
)  # fmt: skip


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__.strip("_"))
def test_a_protection_that_is_gone_is_noticed(
    plant: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    try:
        found = next(calls.play(seed=11, calls=CALLS), None)
    except (AssertionError, Refused):
        found = "the shops could not be made"
    assert found
