"""Alarms that a person can act on, and the dashboard: each is about what exists."""

from __future__ import annotations

import json
import re
from typing import Any

from local.intrinsics import Resolver
from regulars.jobs import outbox
from tests.contract.stack import (
    ALARMS,
    BEHIND_HTTP,
    FUNCTIONS,
    GLOBALS,
    RESOURCES,
    ROOT,
    TEMPLATE,
    events,
    of_type,
    target,
    verb,
)


def metrics_of(alarm: dict[str, Any]) -> list[dict[str, Any]]:
    """The metrics an alarm is paid for."""
    math = [it["MetricStat"]["Metric"] for it in alarm.get("Metrics", []) if "MetricStat" in it]
    return math or [alarm]


class TestAlarms:
    def test_each_tells_somebody_what_is_wrong(self) -> None:
        for alarm in ALARMS.values():
            assert alarm["AlarmActions"] == [{"Ref": "AlarmTopic"}]
            assert len(alarm["AlarmDescription"]) > 20

    def test_what_nobody_waits_for_is_watched(self) -> None:
        behind = set(FUNCTIONS) - BEHIND_HTTP
        watched = {
            target(it["Dimensions"][0]["Value"])
            for it in metrics_of(ALARMS["BackgroundErrorsAlarm"])
        }
        assert watched == behind

    def test_the_usual_ones_cost_nothing(self) -> None:
        """AWS gives ten alarm metrics free; the rest is for who asks for them."""
        asked = {name for name in ALARMS if RESOURCES[name].get("Condition") == "HasAllAlarms"}
        usual = [it for name in set(ALARMS) - asked for it in metrics_of(ALARMS[name])]
        more = [it for name in asked for it in metrics_of(ALARMS[name])]
        assert len(usual) <= 10
        described = TEMPLATE["Parameters"]["Alarms"]
        assert described["Default"] == "basic"
        assert f"adds {len(more)} more ({len(more) * 0.1:.2f} USD" in described["Description"]

    def test_who_runs_one_by_hand_waits_as_long_as_it_may_take(self) -> None:
        longest = max({**GLOBALS, **it}["Timeout"] for it in FUNCTIONS.values())
        for name in ("job", "redrive"):
            script = (ROOT / "scripts" / name).read_text("utf-8")
            (waits,) = re.findall(r"^LONGEST_S = (\d+)$", script, re.MULTILINE)
            assert int(waits) > longest, name

    def test_each_job_can_be_run_by_hand(self) -> None:
        script = (ROOT / "scripts" / "job").read_text("utf-8")
        (listed,) = re.findall(r"^JOBS = \((.+)\)$", script, re.MULTILINE)
        assert re.findall(r"\w+", listed) == sorted(verb(it) for it, _ in events("ScheduleV2"))

    def test_a_schedule_that_stopped_is_noticed(self) -> None:
        alarm = ALARMS["SchedulesStoppedAlarm"]
        assert alarm["Threshold"] == len(list(events("ScheduleV2")))
        assert alarm["ComparisonOperator"] == "LessThanThreshold"
        assert alarm["TreatMissingData"] == "breaching"
        assert target(alarm["Dimensions"][0]["Value"]) == "Schedules"
        assert all(target(it["GroupName"]) == "Schedules" for _, it in events("ScheduleV2"))

    def test_each_has_its_paragraph_in_the_runbook(self) -> None:
        text = (ROOT / "docs" / "operations.md").read_text("utf-8")
        described = re.findall(r"^\*\*`(\w+)`\*\*", text, re.MULTILINE)
        assert sorted(described) == sorted([*ALARMS, "Budget"])

    def test_no_metric_of_ours_has_a_dimension_that_costs_more_with_use(self) -> None:
        """A route, a merchant or a code would each be a metric of 30 cents a month."""
        for name, resource in of_type("AWS::Logs::MetricFilter").items():
            for metric in resource["MetricTransformations"]:
                assert "Dimensions" not in metric, name


class TestDashboard:
    def test_it_can_be_read_and_shows_what_exists(self) -> None:
        resolver = Resolver(TEMPLATE, {})
        body = resolver.resolve(RESOURCES["Glance"]["Properties"]["DashboardBody"], "Glance")
        widgets = json.loads(body)["widgets"]
        assert len(widgets) >= 10
        shown = [metric for it in widgets for metric in it["properties"]["metrics"]]
        assert len(shown) <= 50, "a free dashboard has fifty"
        for metric in shown:
            names = [part for part in metric if isinstance(part, str)]
            assert len(names) in (2, 4), f"namespace, name, and one dimension or none: {metric}"
        ours = {metric[1] for metric in shown if metric[0] == "Regulars"}
        counted = {
            name
            for path in (ROOT / "shared" / "regulars").rglob("*.py")
            for name in re.findall(r'\b(?:count|age)\("([A-Z]\w+)"', path.read_text("utf-8"))
        } | set(outbox.COUNTED.values())
        assert ours == counted, "each metric is shown, and each that is shown is counted"
