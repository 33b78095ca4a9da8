"""What ships, as it ships: the built functions and layers, with the source tree out of reach."""

from __future__ import annotations

import json
import struct
import subprocess
from pathlib import Path
from typing import Any

import pytest

from local import engine, template
from tests.artifact.conftest import ROOT, Build

pytestmark = pytest.mark.artifact

FUNCTIONS = sorted(template.load(ROOT / "template.yaml").functions)
LEAN = {"CardFunction", "HooksFunction", "JoinFunction", "RedeemFunction", "StampFunction"}
# Powertools looks whether there is a `botocore`, which loads that one file and nothing behind it.
HEAVY = {"aws_xray_sdk", "boto3", "botocore.client", "botocore.session", "pydantic"}
AARCH64 = 183  # e_machine in an ELF header
UNCHECKED_HASH = 1  # flags in the head of a .pyc file

# Runs a handler as Lambda does: the function's folder first, then the layers.
DRIVER = """
import json, sys, types
asked = json.load(sys.stdin)
sys.path[:0] = asked["path"]
import app
answer = None
if asked["event"] is not None:
    context = types.SimpleNamespace(
        aws_request_id="r-1", function_name="f", memory_limit_in_mb=512,
        invoked_function_arn="arn:aws:lambda:eu-central-1:123456789012:function:f",
        function_version="1", log_stream_name="s", log_group_name="g",
        get_remaining_time_in_millis=lambda: 20000,
    )
    answer = app.lambda_handler(asked["event"], context)
files = {name: getattr(module, "__file__", None) for name, module in sys.modules.items()}
print("\\n" + json.dumps({"answer": answer, "files": files, "handler": callable(app.lambda_handler),
    "stdlib": [sys.base_prefix, "frozen"]}))
"""


def run(build: Build, function: str, event: Any = None, endpoint: str = "") -> dict[str, Any]:
    """Import a built function in a fresh interpreter of the runtime and let it answer an event."""
    environment = {
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "eu-central-1",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_ENDPOINT_URL_DYNAMODB": endpoint,
        "AWS_LAMBDA_FUNCTION_NAME": function,
        "TABLE_NAME": engine.TABLE,
        "BASE_URL": "https://cards.example",
        "RING_PARAMETER": "/regulars/ring",
        "PLATFORM_KEY_SHA256": "0" * 64,
        "ORDERS_QUEUE_URL": "https://sqs.example/orders",
        "MESSAGES_QUEUE_URL": "https://sqs.example/messages",
        "WORK_QUEUE_URL": "https://sqs.example/work",
        "MAIL_FROM": "cards@example.com",
        "POWERTOOLS_SERVICE_NAME": "regulars",
        "POWERTOOLS_LOG_LEVEL": "INFO",
    }
    done = subprocess.run(
        [build.python, "-I", "-B", "-W", "error", "-c", DRIVER],
        input=json.dumps({"path": build.path(function), "event": event}),
        env={name: value for name, value in environment.items() if value},
        cwd="/",
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout.splitlines()[-1]))


def request(method: str, path: str, route: str, **parameters: str) -> dict[str, Any]:
    """An event of the HTTP API, payload 2.0."""
    return {
        "version": "2.0",
        "routeKey": f"{method} {route}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"host": "cards.example", "accept-language": "en"},
        "pathParameters": parameters,
        "requestContext": {
            "domainName": "cards.example",
            "requestId": "r-1",
            "routeKey": f"{method} {route}",
            "stage": "$default",
            "timeEpoch": 1795348800000,
            "http": {"method": method, "path": path, "sourceIp": "192.0.2.1", "userAgent": "test"},
        },
        "isBase64Encoded": False,
    }


def test_every_function_of_the_template_was_built(build: Build) -> None:
    assert sorted(build.functions) == FUNCTIONS


@pytest.mark.parametrize("function", FUNCTIONS)
def test_its_handler_imports_from_the_build_alone(build: Build, function: str) -> None:
    seen = run(build, function)
    assert seen["handler"]
    allowed = (*build.path(function), *seen["stdlib"])
    outside = {file for file in seen["files"].values() if file and not file.startswith(allowed)}
    assert outside == set()
    if function in LEAN:
        assert set(seen["files"]) & HEAVY == set()


class TestAnswers:
    """A few built handlers answer for real, on a real table."""

    def test_the_system_is_well(self, build: Build, endpoint: str) -> None:
        event = request("GET", "/v1/health", "/v1/health")
        assert run(build, "ApiFunction", event, endpoint)["answer"]["statusCode"] == 200

    def test_a_counter_that_nobody_knows_gets_a_page(self, build: Build, endpoint: str) -> None:
        event = request("GET", "/j/nobody", "/j/{slug}", slug="nobody")
        answer = run(build, "JoinFunction", event, endpoint)["answer"]
        headers = {name.lower(): value for name, value in answer["headers"].items()}
        assert answer["statusCode"] == 404
        assert headers["content-type"].startswith("text/html")
        assert "<html" in answer["body"]

    def test_a_passkey_is_asked_for(self, build: Build, endpoint: str) -> None:
        """With the libraries of the layer that no other function has."""
        page = "passkey/login/options"
        event = request("POST", f"/console/{page}", "/console/{page+}", page=page)
        del event["requestContext"]["http"]["sourceIp"]  # to count it takes the key ring
        seen = run(build, "ConsoleFunction", event, endpoint)
        assert seen["answer"]["statusCode"] == 200
        assert json.loads(seen["answer"]["body"])["rpId"] == "cards.example"
        layer = str(build.layers["PasskeysLayer"])
        assert seen["files"]["cryptography"].startswith(layer)

    def test_nobody_stamps_without_a_credential(self, build: Build, endpoint: str) -> None:
        event = request("POST", "/v1/earn", "/v1/earn")
        event["body"] = json.dumps({"member_id": "nobody", "visits": 1})
        event["headers"] |= {"content-type": "application/json", "idempotency-key": "k-1"}
        assert run(build, "StampFunction", event, endpoint)["answer"]["statusCode"] == 401


def python_files(build: Build) -> list[Path]:
    return sorted(build.folder.rglob("*.py"))


def test_everything_has_byte_code_for_the_runtime(build: Build) -> None:
    files = python_files(build)
    assert any(file.name == "wire.py" for file in files)
    without = [
        file
        for file in files
        if not (file.parent / "__pycache__" / f"{file.stem}.cpython-313.pyc").exists()
    ]
    assert without == []


def test_byte_code_does_not_depend_on_when_or_where_it_was_built(build: Build) -> None:
    for code in build.folder.rglob("*.pyc"):
        content = code.read_bytes()
        assert struct.unpack("<I", content[4:8])[0] == UNCHECKED_HASH, code
        assert str(ROOT).encode() not in content, code


def test_native_code_is_for_the_processor_of_the_functions(build: Build) -> None:
    for layer, name in (("DepsLayer", "pydantic_core"), ("PasskeysLayer", "cryptography")):
        libraries = sorted((build.folder / layer).rglob("*.so"))
        assert any(name in library.parts for library in libraries), "it brings native code"
        for library in libraries:
            assert struct.unpack("<H", library.read_bytes()[18:20])[0] == AARCH64, library


def test_the_layers_fit_into_lambda(build: Build) -> None:
    size = sum(file.stat().st_size for file in build.folder.rglob("*Layer/**/*") if file.is_file())
    assert size < 240_000_000, "Lambda takes 250 MB, function included"


def test_nothing_of_the_workshop_is_shipped(build: Build) -> None:
    names = {file.name for file in python_files(build)}
    assert "conftest.py" not in {file.name for file in (build.folder / "SharedLayer").rglob("*")}
    assert not {"pytest", "hypothesis", "moto"} & {
        path.name for path in build.folder.glob("*Layer/python/*")
    }
    assert "app.py" in names
