"""T5: ids of cards, shops and keys are guessed."""

from __future__ import annotations

from uuid import uuid4

import pytest

from regulars.core import limits as numbers
from regulars.http import limits
from tests.service import Merchant
from tests.threats import removal
from tests.threats.removal import against


@against(removal.of(limits, "missed", lambda *_: None))
def test_who_searches_is_not_heard(
    removed: None, cafe: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbers, "NOT_FOUND", numbers.per_second(1, 20))
    answers = [cafe.service.request("GET", f"/c/{uuid4().hex[:26]}").status for _ in range(30)]
    assert set(answers[:20]) == {404}
    assert answers[-1] == 429


def test_what_is_foreign_and_what_never_was_are_answered_alike(cafe: Merchant) -> None:
    foreign = cafe.service.new_merchant().join()["member_id"]
    never = "c" + uuid4().hex[:14]
    for path in ("", "/entries", "/rewards", "/profile", "/export", "/verify"):
        answers = {
            cafe.call("GET", f"/v1/members/{member}{path}").text for member in (foreign, never)
        }
        assert len(answers) == 1
