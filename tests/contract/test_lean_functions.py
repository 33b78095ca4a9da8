"""What a function loads before its first answer: that is most of its cold start.

Each is imported in a fresh interpreter, and what came in is held to a list.
"""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
AWS_SDK = {"boto3", "botocore", "s3transfer", "urllib3"}
NEVER_AT_A_COUNTER = AWS_SDK | {
    "pydantic", "pydantic_core", "aws_xray_sdk", "babel", "asyncio", "email_validator",
    "phonenumbers", "regulars.api.models", "regulars.api.openapi", "regulars.store.boto",
    "aws_lambda_powertools", "cryptography", "OpenSSL",
}  # fmt: skip
FORBIDDEN = {
    "stamp": NEVER_AT_A_COUNTER | {"jinja2", "segno", "regulars.render"},
    "redeem": NEVER_AT_A_COUNTER | {"jinja2", "segno", "regulars.render"},
    "hooks": NEVER_AT_A_COUNTER | {"jinja2", "segno", "regulars.render"},
    "join": NEVER_AT_A_COUNTER,
    "card": NEVER_AT_A_COUNTER,
    "staff": NEVER_AT_A_COUNTER,
    "assets": NEVER_AT_A_COUNTER | {"jinja2", "segno", "regulars.domain", "regulars.store"},
}
ALLOWED = {
    "stamp": {"regulars", "functions"},
    "redeem": {"regulars", "functions"},
    "hooks": {"regulars", "functions"},
    "assets": {"regulars", "functions"},
    "join": {"regulars", "functions", "jinja2", "markupsafe"},
    "card": {"regulars", "functions", "jinja2", "markupsafe", "segno"},
    "staff": {"regulars", "functions", "jinja2", "markupsafe"},
}
"""Besides the standard library: nothing that is not named here."""


@cache
def loaded(function: str) -> frozenset[str]:
    """All modules after importing a function, less those a bare interpreter has."""
    program = (
        "import json, sys; before = set(sys.modules); "
        f"sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / 'shared')!r}]; "
        f"import functions.{function}.app; print(json.dumps(sorted(set(sys.modules) - before)))"
    )
    done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, check=True)
    return frozenset(json.loads(done.stdout))


@pytest.mark.parametrize("function", FORBIDDEN)
def test_nothing_heavy_is_loaded(function: str) -> None:
    found = {
        name
        for name in loaded(function)
        for heavy in FORBIDDEN[function]
        if name == heavy or name.startswith(f"{heavy}.")
    }
    assert found == set()


@pytest.mark.parametrize("function", ALLOWED)
def test_nothing_is_loaded_that_is_not_named(function: str) -> None:
    roots = {name.partition(".")[0] for name in loaded(function)}
    strangers = {
        name
        for name in roots - set(sys.stdlib_module_names) - ALLOWED[function]
        if not name.startswith(("_", "__"))
    }
    assert strangers == set()


OF_PASSKEYS = {"webauthn", "cbor2", "regulars.http.passkeys"}
"""Not `cryptography`: botocore loads it by itself where it finds it, as here. In Lambda it is in
the layer of the console alone (`test_template.py`)."""


@pytest.mark.sampled(3)
@pytest.mark.parametrize("function", sorted(path.name for path in (ROOT / "functions").iterdir()))
def test_what_checks_passkeys_is_loaded_by_nobody(function: str) -> None:
    """The console names our module, and that loads the libraries when a passkey is used."""
    named = {"regulars.http.passkeys"} if function == "console" else set()
    roots = {name for name in loaded(function) for one in OF_PASSKEYS
             if name == one or name.startswith(f"{one}.")}  # fmt: skip
    assert roots == named


OF_WALLETS = {"jwt", "httpx", "h2", "regulars.wallet"}
"""Mails do not wait for them either: `notify` loads them when a phone is told."""


@pytest.mark.sampled(3)
@pytest.mark.parametrize("function", sorted(path.name for path in (ROOT / "functions").iterdir()))
def test_what_signs_passes_is_loaded_by_one_function_alone(function: str) -> None:
    roots = {name for name in loaded(function) for one in OF_WALLETS
             if name == one or name.startswith(f"{one}.")}  # fmt: skip
    assert bool(roots) == (function == "wallet")


def test_the_list_would_notice() -> None:
    """The API is not lean, and does load what is forbidden above."""
    assert {"pydantic", "regulars.api.models"} <= loaded("api")
