"""A stack that nobody uses costs next to nothing, and what it costs is counted, not guessed."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from bench import unused
from tests.artifact.conftest import ROOT, Translated

pytestmark = pytest.mark.artifact

BUDGET_USD = 0.50


def total(translated: Translated, parameters: Mapping[str, str] | None = None) -> float:
    """What the first stack of an account costs a month."""
    return sum(line.first for line in unused.lines(translated.document, parameters or {}))


def test_it_costs_at_most_half_a_dollar_a_month(translated: Translated) -> None:
    assert 0 < total(translated) <= BUDGET_USD


def test_at_most_three_queues_are_polled(translated: Translated) -> None:
    used = unused.used(translated.document, {})
    assert used["requests to queues"] <= 3 * unused.POLLERS * unused.HOURS * 180
    assert used["alarm metrics"] <= 10
    assert used["secrets"] == used["keys in KMS"] == 0


@pytest.mark.parametrize(
    ("added", "usd"),
    [
        ({"Type": "AWS::KMS::Key", "Properties": {}}, 1.00),
        ({"Type": "AWS::SecretsManager::Secret", "Properties": {}}, 0.40),
    ],
)
def test_what_would_cost_more_is_counted(
    translated: Translated, added: dict[str, object], usd: float
) -> None:
    resources = {**translated.resources, "Added": added}
    more = Translated({**translated.document, "Resources": resources})
    assert total(more) == pytest.approx(total(translated) + usd)


def test_the_documents_say_what_it_comes_to(translated: Translated) -> None:
    text = (ROOT / "docs" / "costs.md").read_text("utf-8")
    (stated,) = re.findall(r"\*\*(\d\.\d\d) USD a month\*\*", text)
    assert float(stated) == pytest.approx(total(translated), abs=0.005)
