"""Stacks of the template: side by side, changed, rolled back, made again, deleted."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.deploy.cloud import EVERYTHING, REFUSED, Cloud, Document, translated, without

pytestmark = pytest.mark.deploy


def planted(template: Document, after: str) -> Document:
    """The template with a resource that cannot be made, once another one is there."""
    broken = copy.deepcopy(template)
    broken["Resources"]["Planted"] = {
        "Type": "AWS::CloudWatch::Alarm",
        "DependsOn": after,
        "Properties": {"Metrics": [{"Id": "all", "Expression": "1"}]},  # refused: see REFUSED
    }
    return broken


def tables(cloud: Cloud) -> set[str]:
    return set(cloud.client("dynamodb").list_tables()["TableNames"])


def made(cloud: Cloud, stack: str, template: Document, **parameters: str) -> dict[str, str]:
    """The physical names of a new stack, which must come into being."""
    assert cloud.create(stack, template, **parameters) == "CREATE_COMPLETE", cloud.why(stack)
    return cloud.physical(stack)


def test_two_stacks_stand_side_by_side(cloud: Cloud, template: Document) -> None:
    one, two = (made(cloud, name, template) for name in ("side-one", "side-two"))
    usual = {
        name
        for name, it in template["Resources"].items()
        if it.get("Condition") in (None, "HasDashboard")
    }
    assert set(one) == set(two) == usual
    shared = {name for name in one if one[name] == two[name]}
    # A stage and an alias are named within their API and function.
    kinds = {template["Resources"][name]["Type"] for name in shared}
    assert kinds <= {"AWS::ApiGatewayV2::Stage"}
    assert one["Api"] != two["Api"]
    assert cloud.outputs("side-one")["ApiUrl"] != cloud.outputs("side-two")["ApiUrl"]


def test_everything_can_be_switched_on(cloud: Cloud, template: Document) -> None:
    names = made(cloud, "everything", template, **EVERYTHING)
    assert set(names) == set(template["Resources"])
    assert cloud.outputs("everything")["ApiUrl"] == "https://cards.example"


def test_callers_come_to_a_version_of_a_function_that_an_alias_names(
    cloud: Cloud, template: Document
) -> None:
    names = made(cloud, "alias", template)
    functions = cloud.client("lambda")
    for mapping in functions.list_event_source_mappings()["EventSourceMappings"]:
        assert mapping["FunctionArn"].endswith(":live"), mapping
    alias = functions.get_alias(FunctionName=names["StampFunction"], Name="live")
    assert alias["FunctionVersion"] == "1"
    targets = [
        cloud.client("scheduler").get_schedule(
            GroupName="alias", Name=names[name].rpartition("/")[2]
        )["Target"]
        for name in names
        if template["Resources"][name]["Type"] == "AWS::Scheduler::Schedule"
    ]
    assert targets
    assert all(target["Arn"].endswith(":live") for target in targets)


def test_a_change_of_the_code_moves_the_alias_and_keeps_the_table(
    cloud: Cloud, template: Document
) -> None:
    before = made(cloud, "changed", template)
    cloud.client("dynamodb").put_item(
        TableName=before["LedgerTable"], Item={"PK": {"S": "M#m"}, "SK": {"S": "PROGRAM"}}
    )
    assert cloud.update("changed", with_new_versions(template)) == "UPDATE_COMPLETE"
    after = cloud.physical("changed")
    assert after["LedgerTable"] == before["LedgerTable"]
    assert after["Api"] == before["Api"]
    functions = cloud.client("lambda")
    for name in ("StampFunction", "NotifyFunction"):
        alias = functions.get_alias(FunctionName=after[name], Name="live")
        assert alias["FunctionVersion"] == "2"
        kept = functions.list_versions_by_function(FunctionName=after[name])["Versions"]
        assert {"1", "2"} <= {it["Version"] for it in kept}, "the one before is there to go back to"
    kept = cloud.client("dynamodb").scan(TableName=after["LedgerTable"])
    assert kept["Count"] == 1


def with_new_versions(template: Document) -> Document:
    """The template as SAM would translate it after a change of the code of each function."""
    changed = copy.deepcopy(template)
    found = changed["Resources"]
    for name in [name for name in found if found[name]["Type"] == "AWS::Lambda::Version"]:
        function = found[name]["Properties"]["FunctionName"]["Ref"]
        found[f"{name}New"] = found.pop(name)
        found[function]["Properties"]["Description"] += " (changed)"
        alias = found[f"{function}Aliaslive"]["Properties"]
        alias["FunctionVersion"] = {"Fn::GetAtt": [f"{name}New", "Version"]}
    return changed


def test_a_change_that_fails_leaves_everything_as_it_was(cloud: Cloud, template: Document) -> None:
    before = made(cloud, "kept", template)
    broken = planted(with_new_versions(template), "StampFunctionAliaslive")
    assert cloud.update("kept", broken) == "UPDATE_ROLLBACK_COMPLETE"
    assert cloud.physical("kept") == before
    alias = cloud.client("lambda").get_alias(FunctionName=before["StampFunction"], Name="live")
    assert alias["FunctionVersion"] == "1"
    assert cloud.update("kept", with_new_versions(template)) == "UPDATE_COMPLETE"


def test_a_first_deployment_that_failed_can_be_repeated(cloud: Cloud, template: Document) -> None:
    broken = planted(template, "LedgerTable")
    assert cloud.create("first", broken) == "ROLLBACK_COMPLETE"
    assert "first-ledger" not in tables(cloud), "the table of a failed attempt is in nobody's way"
    cloud.delete("first")
    made(cloud, "first", template)
    assert "first-ledger" in tables(cloud)


def test_the_table_outlives_its_stack(cloud: Cloud, template: Document) -> None:
    made(cloud, "gone", template)
    cloud.delete("gone")
    assert "gone-ledger" in tables(cloud)


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_taken_out_is_still_refused(cloud: Cloud, what: str) -> None:
    """Else it need not be taken out: the list is no longer than it must be."""
    others: dict[str, Any] = {name: it for name, it in REFUSED.items() if name != what}
    whole = translated()
    assert any(REFUSED[what](it) for it in whole["Resources"].values()), "nothing of it is left"
    name = f"refused-{list(REFUSED).index(what)}"
    try:
        status = cloud.create(name, without(whole, others), **EVERYTHING)
    except ClientError:
        return
    assert status == "ROLLBACK_COMPLETE"
