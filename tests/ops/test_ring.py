"""The operator's side of the key ring, over moto's SSM and CloudFormation."""

from __future__ import annotations

import json
import time
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from types import ModuleType, SimpleNamespace
from typing import Any
from uuid import uuid4

import boto3
import pytest

from local.engine import ROOT
from regulars.core import ring as core
from regulars.store.table import Table
from tests.aws_services import AwsServices

BEFORE = "the secret of a stack of before, long"
OTHER_STACK = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}


def load() -> ModuleType:
    """The script as a module."""
    loader = SourceFileLoader("ring_script", str(ROOT / "scripts" / "ring"))
    spec = spec_from_loader("ring_script", loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


SCRIPT = load()


@pytest.fixture
def clients(aws_services: AwsServices) -> Any:
    """A client of any service."""
    return lambda service: boto3.client(service, endpoint_url=aws_services.url)


def made(clients: Any, stack: str) -> str:
    """What `make` says."""
    others = clients("cloudformation"), clients("secretsmanager")
    return str(SCRIPT.make(clients("ssm"), f"/{stack}/ring", *others, stack))


def test_a_new_stack_gets_a_ring_once(clients: Any) -> None:
    stack = f"s{uuid4().hex}"
    assert made(clients, stack).endswith("is made, with a new secret")
    ring = SCRIPT.read(clients("ssm"), f"/{stack}/ring")
    assert core.parsed(json.dumps(ring)).current == ""
    assert made(clients, stack).endswith("is there")
    assert SCRIPT.read(clients("ssm"), f"/{stack}/ring") == ring
    described = clients("ssm").get_parameter(Name=f"/{stack}/ring")["Parameter"]
    assert described["Type"] == "SecureString"


def test_the_secret_of_a_stack_of_before_becomes_the_first_key(clients: Any) -> None:
    """moto's CloudFormation makes no secrets: what it would answer stands here."""
    name, secrets = f"/s{uuid4().hex}/ring", clients("secretsmanager")
    arn = secrets.create_secret(Name=uuid4().hex, SecretString=BEFORE)["ARN"]
    resources = [
        {"LogicalResourceId": "LedgerTable", "PhysicalResourceId": "regulars-ledger"},
        {"LogicalResourceId": "Secret", "PhysicalResourceId": arn},
    ]
    stack = SimpleNamespace(
        describe_stack_resources=lambda StackName: {"StackResources": resources},  # noqa: N803
        exceptions=clients("cloudformation").exceptions,
    )
    answer = SCRIPT.make(clients("ssm"), name, stack, secrets, "regulars")
    assert answer.endswith("is made, with the stack's secret")
    ring = SCRIPT.read(clients("ssm"), name)
    assert ring["keys"] == {ring["base"]: BEFORE}


def test_a_stack_that_lost_its_ring_gets_no_new_one(clients: Any) -> None:
    """It would unlink every contact without a word."""
    stack = f"s{uuid4().hex}"
    template = json.dumps(OTHER_STACK)
    clients("cloudformation").create_stack(StackName=stack, TemplateBody=template)
    with pytest.raises(SCRIPT.RefusedError, match="lost its ring"):
        made(clients, stack)


def test_a_key_follows_another_step_by_step(clients: Any, table: Table) -> None:
    ssm, name = clients("ssm"), f"/s{uuid4().hex}/ring"
    made(clients, name.split("/")[1])
    key = SCRIPT.add(ssm, name)
    with pytest.raises(SCRIPT.RefusedError, match="not every process knows"):
        SCRIPT.require_known(ssm, name, leaked=False)
    SCRIPT.require_known(ssm, name, leaked=True)
    SCRIPT.use(ssm, name, key)
    ring = SCRIPT.read(ssm, name)
    assert (ring["current"], ring["base"], key) == ("k002", "k001", "k002")
    assert abs(ring["since"] - time.time()) < 60
    assert "k002  makes new things" in SCRIPT.shown(ring)
    assert not any(secret in SCRIPT.shown(ring) for secret in ring["keys"].values())
    with pytest.raises(SCRIPT.RefusedError, match="no key k009"):
        SCRIPT.use(ssm, name, "k009")
    SCRIPT.use(ssm, name, SCRIPT.add(ssm, name), leaked=True)
    assert SCRIPT.read(ssm, name)["since"] == 0, "what lasts a moment ends at once"


def test_a_key_is_taken_off_when_nothing_depends_on_it(
    clients: Any, table: Table, engine_url: str
) -> None:
    ssm, name = clients("ssm"), f"/s{uuid4().hex}/ring"
    dynamodb = boto3.client("dynamodb", endpoint_url=engine_url)
    made(clients, name.split("/")[1])
    for _ in range(2):
        SCRIPT.use(ssm, name, SCRIPT.add(ssm, name))

    def drop(key: str, *, leaked: bool = True) -> None:
        SCRIPT.drop(ssm, name, key, dynamodb, table.name, leaked=leaked)

    for key, why in (("k001", "stays"), ("k003", "use another one"), ("k009", "no key")):
        with pytest.raises(SCRIPT.RefusedError, match=why):
            drop(key)
    with pytest.raises(SCRIPT.RefusedError, match="links in mails"):
        drop("k002", leaked=False)
    table.put({"PK": "M#m1#C#c1", "SK": "PROFILE", "link_key": "k002"})
    table.put({"PK": "M#m1#STAFF", "SK": "STAFF#s1", "pin": "k002" + "0" * 40})
    with pytest.raises(SCRIPT.RefusedError, match="1 card links and 1 PINs"):
        drop("k002")
    table.put({"PK": "M#m1#C#c1", "SK": "PROFILE", "link_key": "k003"})
    table.put({"PK": "M#m1#STAFF", "SK": "STAFF#s1", "pin": "k003" + "0" * 40})
    drop("k002")
    assert list(SCRIPT.read(ssm, name)["keys"]) == ["k001", "k003"]
