"""What each function asks of AWS while the tests run, held to what the template lets it do.

Every call that leaves a function goes through one of two clients, ours or botocore's. Both are
watched here. A call that the template does not allow fails its test; once all functional tests
have run, a permission that no function used fails the run.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fnmatch import fnmatchcase
from functools import cache
from typing import Any, NamedTuple

import pytest
from botocore.client import BaseClient

from local.engine import ROOT
from local.intrinsics import read_yaml
from regulars.jobs import schedules
from regulars.jobs.due import Job
from regulars.store.wire import Wire
from tests.spy import partitions


class Need(NamedTuple):
    """An action on a resource that a function asked for."""

    function: str
    action: str
    resource: str
    """`table`, `index`, a queue's logical id; empty for services with one resource of ours."""

    def __str__(self) -> str:
        return f"{self.function}: {self.action}" + (f" on {self.resource}" if self.resource else "")


class Grant(NamedTuple):
    """What a statement of the template allows, for partition keys of these patterns."""

    need: Need
    leading: tuple[str, ...] = ("*",)


_ACTIONS = {  # where an operation is not called as its permission is
    "dynamodb:TransactWriteItems": "",  # its parts are asked for one by one
    "s3:CompleteMultipartUpload": "s3:PutObject",
    "s3:CreateMultipartUpload": "s3:PutObject",
    "s3:HeadObject": "s3:GetObject",
    "s3:ListParts": "s3:ListMultipartUploadParts",
    "s3:UploadPart": "s3:PutObject",
    "s3:ListObjectsV2": "s3:ListBucket",
    "sqs:SendMessageBatch": "sqs:SendMessage",
}
_PARTS = {
    "ConditionCheck": "ConditionCheckItem",
    "Delete": "DeleteItem",
    "Put": "PutItem",
    "Update": "UpdateItem",
}
_running = threading.local()
used: set[Need] = set()
"""What functions have asked for in this process."""


def running() -> str:
    """The function that this thread runs, '' outside of every function."""
    return str(getattr(_running, "function", ""))


@contextmanager
def within(function: str) -> Iterator[None]:
    """Let a function run in this thread."""
    before, _running.function = running(), function
    try:
        yield
    finally:
        _running.function = before


@cache
def grants() -> frozenset[Grant]:
    """All that the template allows, function by function."""
    found = set()
    for name, resource in read_yaml(ROOT / "template.yaml")["Resources"].items():
        if resource["Type"] != "AWS::Serverless::Function":
            continue
        function = name.removesuffix("Function").lower()
        for policy in resource["Properties"]["Policies"]:
            for statement in policy["Statement"]:
                condition = statement.get("Condition", {}).get("ForAllValues:StringLike", {})
                leading = tuple(condition.get("dynamodb:LeadingKeys", ["*"]))
                for action in statement["Action"]:
                    place = _place_of(action, statement["Resource"])
                    found.add(Grant(Need(function, action, place), leading))
    return frozenset(found)


def _place_of(action: str, resource: Any) -> str:
    """What a statement's resource is called here."""
    service, text = action.partition(":")[0], json.dumps(resource)
    if service == "dynamodb":
        return "index" if "/index/" in text else "table"
    if service == "sqs":
        return str(resource["Fn::GetAtt"][0])
    return ""


def needs(function: str, service: str, operation: str, params: Mapping[str, Any]) -> Iterator[Need]:
    """What an operation asks for."""
    if service == "dynamodb" and operation == "TransactWriteItems":
        for write in params["TransactItems"]:
            for part in write:
                yield Need(function, f"dynamodb:{_PARTS[part]}", "table")
        return
    if service == "sesv2":
        yield Need(function, "ses:SendEmail", "")
        if "Raw" in params.get("Content", {}):
            yield Need(function, "ses:SendRawEmail", "")
        return
    action = f"{service}:{operation}"
    place = ""
    if service == "dynamodb":
        place = "index" if "IndexName" in params else "table"
    elif service == "sqs":  # in tests a queue is called `orders-<hex>`
        kind = str(params["QueueUrl"]).rpartition("/")[2].partition("-")[0]
        place = f"{kind.capitalize()}Queue"
    yield Need(function, _ACTIONS.get(action, action), place)


offences: set[str] = set()
"""What functions have asked for in this test and the template does not allow."""


asked: set[str] = set()
"""The services that anybody asked for anything, until a test forgets them."""


def see(service: str, operation: str, params: Mapping[str, Any]) -> None:
    """Note a call that is made now; a test's own is none of ours."""
    asked.add(service)
    function = running()
    if not function:
        return
    _hold(needs(function, service, operation, params), params)
    job = getattr(_running, "job", "")
    if job and service == "dynamodb":  # a sandbox's mails are written at once, by whoever runs it
        _hold(needs(job, service, operation, params), params)


def _hold(asked: Iterator[Need], params: Mapping[str, Any]) -> None:
    for need in asked:
        used.add(need)
        allowed = [grant.leading for grant in grants() if grant.need == need]
        if not allowed:
            offences.add(f"the template does not allow {need}")
        elif need.resource == "table":
            for pk in partitions(dict(params)):
                if not any(fnmatchcase(pk, it) for leading in allowed for it in leading):
                    offences.add(f"the template does not allow {need} for {pk}")


@contextmanager
def watched() -> Iterator[None]:
    """Within it, every call of both clients is seen, before it is made; offences fail it."""
    ours, theirs = Wire.__call__, BaseClient._make_api_call

    def call(self: Wire, operation: str, params: dict[str, Any]) -> dict[str, Any]:
        see(self._service, operation, params)
        return ours(self, operation, params)

    def make_api_call(self: Any, operation: str, params: dict[str, Any]) -> Any:
        see(self.meta.service_model.service_name, operation, params)
        return theirs(self, operation, params)

    offences.clear()
    with pytest.MonkeyPatch.context() as patch:
        for function, names in schedules.FUNCTIONS.items():
            does = "close" if function == "close" else "work"  # the others only plan
            for name in names:
                patch.setitem(schedules.JOBS, name, _as_job(does, schedules.JOBS[name]))
        patch.setattr(Wire, "__call__", call)
        patch.setattr(BaseClient, "_make_api_call", make_api_call)
        yield
    assert not offences, "\n".join(sorted(offences))


def _as_job(function: str, job: Job) -> Job:
    """A job of an hourly function, also when the clock of a sandbox runs it: the API moves that."""

    def call(shop: Any, subject: str) -> bool | None:
        before, _running.job = getattr(_running, "job", ""), function
        try:
            return job(shop, subject)
        finally:
            _running.job = before

    return call


RARE = {
    Need(function, "s3:GetObject", ""): (
        "it signs a link to an archive; S3 asks for it when somebody follows the link"
    )
    for function in ("api", "console")
}
"""What is needed where no test goes, and why. What tests do ask for must not stand here."""


def unused() -> list[str]:
    """What the template allows and no function has asked for, and what is wrongly called rare."""
    granted = {grant.need for grant in grants()}
    return [
        *(
            f"the template allows and nobody needs {it}"
            for it in sorted(granted - used - set(RARE))
        ),
        *(f"it is not rare, a test asks for it: {it}" for it in sorted(used & set(RARE))),
        *(
            f"it is rare, and the template does not allow {it}"
            for it in sorted(set(RARE) - granted)
        ),
    ]


def all_have_run(config: pytest.Config) -> bool:
    """Whether all functional tests have run: then what none of them asked for is not needed."""
    chosen = config.option.keyword or config.option.markexpr or getattr(config.option, "lf", False)
    return not chosen and set(config.args) <= {"tests", "tests/functional"}


def say(config: pytest.Config, terminal: pytest.TerminalReporter) -> None:
    """Name what nobody needs, where all tests have run and none has failed."""
    if all_have_run(config) and not hasattr(config, "workerinput"):
        for line in unused():
            terminal.write_line(f"permissions: {line}", red=True)


OUTPUT = "permissions"


def hand_over(config: pytest.Config) -> None:
    """Give what was seen in this process to the one that started it, if one did."""
    output: dict[str, Any] | None = getattr(config, "workeroutput", None)
    if output is not None:
        output[OUTPUT] = [list(it) for it in sorted(used)]


def take_over(worker_output: Mapping[str, Any]) -> None:
    """Take what another process has seen."""
    used.update(Need(*it) for it in worker_output.get(OUTPUT, ()))
