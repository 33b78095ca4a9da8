"""Stacks of the template: side by side, changed, rolled back, made again, deleted."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.deploy.cloud import EVERYTHING, REFUSED, Cloud, Document, translated, without
from tests.ops.scripts import load

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


def test_a_stack_uses_a_restored_table_and_goes_back(cloud: Cloud, template: Document) -> None:
    script, dynamodb, functions = load("restore"), cloud.client("dynamodb"), cloud.client("lambda")
    old = made(cloud, "restored", template)["LedgerTable"]
    dynamodb.put_item(TableName=old, Item={"PK": {"S": "M#m"}, "SK": {"S": "PROGRAM"}})
    point = datetime.now(UTC) - timedelta(seconds=1)
    script.restore(dynamodb, old, "restored-new", point)
    stream = script.make_ready(dynamodb, old, "restored-new", point)

    def used() -> tuple[str, str, set[str], str]:
        """Table by environment, by output, streams, and what a function may do."""
        names = cloud.physical("restored")
        live = functions.get_function_configuration(
            FunctionName=names["StampFunction"], Qualifier="live"
        )
        sources = [
            functions.get_event_source_mapping(UUID=uuid)["EventSourceArn"]
            for uuid in script.resources(
                cloud.client, "restored", "AWS::Lambda::EventSourceMapping"
            ).values()
        ]
        roles = cloud.client("iam")
        role = names["StampFunctionRole"]
        (policy,) = roles.list_role_policies(RoleName=role)["PolicyNames"]
        allowed = roles.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
        table = live["Environment"]["Variables"]["TABLE_NAME"]
        streams = {it for it in sources if ":dynamodb:" in it}
        return table, cloud.outputs("restored")["TableName"], streams, json.dumps(allowed)

    before = used()
    assert before[:2] == (old, old)
    assert len(before[2]) == 1
    given = {"RestoredStream": stream, "Deployment": "AllAtOnce"}
    changed = with_new_versions(template)  # as a changed parameter makes them: scripts/versions
    assert cloud.update("restored", changed, **given) == "UPDATE_COMPLETE"
    table, output, streams, allowed = used()
    assert (table, output, streams) == ("restored-new", "restored-new", {stream})
    assert "table/restored-new" in allowed
    assert f"table/{old}" not in allowed
    assert cloud.physical("restored")["LedgerTable"] == old, "it stays in the stack"

    assert cloud.update("restored", template, RestoredStream="") == "UPDATE_COMPLETE"
    assert used() == before


def test_what_is_held_works_again_when_it_is_released(cloud: Cloud, template: Document) -> None:
    script, functions = load("restore"), cloud.client("lambda")
    names = made(cloud, "held", template)

    def state() -> tuple[set[str], set[str]]:
        """Functions that may not run, and sources that call nobody, by logical id."""
        kept = {
            name
            for name, it in template["Resources"].items()
            if it["Type"] == "AWS::Lambda::Function"
            and functions.get_function_concurrency(FunctionName=names[name]).get(
                "ReservedConcurrentExecutions"
            )
            == 0
        }
        off = {
            name
            for name, it in template["Resources"].items()
            if it["Type"] == "AWS::Lambda::EventSourceMapping"
            and functions.get_event_source_mapping(UUID=names[name])["State"]
            in ("Disabled", "Disabling")
        }
        return kept, off

    assert state() == (set(), set())
    for _ in range(2):
        script.hold(cloud.client, "held")
    held, off = state()
    of_type = {
        kind: {name for name, it in template["Resources"].items() if it["Type"] == kind}
        for kind in ("AWS::Lambda::Function", "AWS::Lambda::EventSourceMapping")
    }
    assert held == of_type["AWS::Lambda::Function"] - {"HooksFunction", "AssetsFunction"}
    assert off == of_type["AWS::Lambda::EventSourceMapping"]
    for _ in range(2):
        script.release(cloud.client, "held")
    assert state() == (set(), set())


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
