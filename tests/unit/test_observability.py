"""What is counted comes out as CloudWatch reads it from a log, in few metrics."""

from __future__ import annotations

import json
from typing import Any

import pytest

from regulars.core.observability import count, gathered


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_count_is_a_line_with_the_stack_as_its_one_dimension(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "regulars-dev")
    count("Refusals", code="cap_reached")
    (line,) = lines(capsys)
    assert line["Refusals"] == 1
    assert (line["service"], line["code"]) == ("regulars-dev", "cap_reached")
    (described,) = line["_aws"]["CloudWatchMetrics"]
    assert described == {
        "Namespace": "Regulars",
        "Dimensions": [["service"]],
        "Metrics": [{"Name": "Refusals", "Unit": "Count"}],
    }
    assert line["_aws"]["Timestamp"] > 1_700_000_000_000, "in milliseconds"


def test_a_batch_writes_one_line_also_when_it_fails(capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        with gathered():
            for _ in range(3):
                count("Stamps")
            count("Redemptions", 2)
            assert lines(capsys) == []
            raise ValueError("it failed")

    with pytest.raises(ValueError, match="it failed"):
        fail()
    (line,) = lines(capsys)
    assert (line["Stamps"], line["Redemptions"]) == (3, 2)
    names = [it["Name"] for it in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]]
    assert names == ["Stamps", "Redemptions"]
    with gathered():
        pass
    assert lines(capsys) == []


def test_nothing_is_written_where_it_is_switched_off(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POWERTOOLS_METRICS_DISABLED", "true")
    count("Stamps")
    assert lines(capsys) == []
