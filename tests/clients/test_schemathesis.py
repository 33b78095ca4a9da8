"""Schemathesis asks what the OpenAPI document allows, and what it does not, of the real service."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from regulars.api import openapi
from regulars.api.routes import API, Route
from regulars.core import typed
from tests.clients.conftest import Shop
from tests.examples import examples

load_all_checks()
NOT_ASKED = (
    "positive_data_acceptance",  # what fits the schema may still name nobody, or not be enough
    "unsupported_method",  # tests/functional/test_unknown.py asks every path for every method
    "max_response_time",
)
HELD = [CHECKS.get_one(name) for name in CHECKS.get_all_names() if name not in NOT_ASKED]
WITHOUT_SHAPE = [
    CHECKS.get_one(name)
    for name in CHECKS.get_all_names()
    if name not in {*NOT_ASKED, "negative_data_rejection"}
]
"""For a body with signs that are taken away before it is looked at: what is left may be right."""
SCHEMA = schemathesis.openapi.from_dict(openapi.document())
REACHING_OUT = {"/v1/test/hooks/{provider}"}
"""What posts to an address of the installation; here there is none."""


ASKED = [
    (route, mode)
    for route in API
    if route.path not in REACHING_OUT
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    if mode is GenerationMode.POSITIVE or route.body
]


def _trimmed(body: Any) -> Any:
    """The body as it is looked at: names and codes without signs that nobody sees at their ends."""
    if not isinstance(body, dict):
        return body
    return {name: typed.trimmed(it) if isinstance(it, str) else it for name, it in body.items()}


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("route", "mode"), ASKED, ids=[f"{route.key} {mode.value}" for route, mode in ASKED]
)
def test_every_answer_is_as_the_document_says(
    shop: Shop, route: Route, mode: GenerationMode
) -> None:
    member_id = shop.merchant.join(test=True)["member_id"]
    secret = shop.merchant.service.platform_key if route.auth == "platform" else shop.key
    operation = SCHEMA[route.path][route.method]

    statuses = set[int]()

    @seed(2026)
    @settings(
        max_examples=examples(5),
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        if "members/{id}" in route.path:
            case.path_parameters = {**case.path_parameters, "id": member_id}
        headers = {"Authorization": f"Bearer {secret}"} if route.auth != "none" else {}
        held = WITHOUT_SHAPE if _trimmed(case.body) != case.body else HELD
        answer = case.call_and_validate(base_url=shop.url, headers=headers, checks=held)
        statuses.add(answer.status_code)

    ask()
    if mode is GenerationMode.NEGATIVE:
        assert statuses & set(range(400, 500)), statuses
    elif route.auth == "none" and "{" not in route.path:
        assert statuses == {200}
