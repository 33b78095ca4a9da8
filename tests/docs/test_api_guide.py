"""docs/api can be followed: each command runs, each signature is taken, each error is there."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from regulars.api.answers import Problem
from regulars.core import clock
from regulars.domain.refusals import RefusalCode
from regulars.http.problems import STATUS, TITLE
from tests.functional import tills
from tests.service import Merchant, Service
from tests.serving import serving

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "api"
RUN = {
    "python": [sys.executable],
    "javascript": ["node", "--input-type=module"],
    "sh": ["bash", "-euo", "pipefail"],
    "php": ["php"],
}


def blocks(page: str, language: str) -> list[str]:
    """The blocks of a page in a language."""
    text = (FOLDER / page).read_text("utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.S | re.M)


def run(language: str, program: str, folder: Path, **environment: str) -> str:
    """What a program prints."""
    done = subprocess.run(
        RUN[language],
        input=program,
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, f"{program}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture
def cafe(service: Service) -> Merchant:
    return service.new_merchant()


@pytest.fixture
def url(service: Service, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(clock, "now", lambda: datetime.now(UTC))  # the samples sign by this one
    with serving(service) as served:
        yield served


def test_every_command_of_the_first_steps_works(cafe: Merchant, url: str, tmp_path: Path) -> None:
    export, *commands = blocks("README.md", "sh")
    assert "export API=" in export
    assert "export KEY=" in export
    program = "\n".join(f"echo '#{place}'\n{block}" for place, block in enumerate(commands))
    printed = run("sh", program, tmp_path, API=url, KEY=cafe.created["test_api_key"])
    outputs = [part.split("\n", 1)[1].strip() for part in printed.split("#")[1:]]
    enrolled, earned, locked, redeemed, refunded, own, set_, kept, *outputs = outputs
    replay, clock, page, program_ = outputs
    assert enrolled == ""
    assert "for your visit" in earned
    assert locked == "insufficient_balance"
    assert redeemed == "redeemed"
    assert refunded == "reverse"
    assert own == "Ben\nnot_found"
    assert set_ == "hello@corner.example"
    assert kept == "0"
    assert replay.lower() == "idempotent-replay: true"
    assert re.match(r"\d{4}-\d\d-\d\dT", clock)
    assert page.isdigit()
    assert program_ == "1\n2"


@pytest.mark.parametrize(
    "language", ["python", "javascript", "sh", pytest.param("php", marks=pytest.mark.php)]
)
def test_every_sample_of_a_signature_is_taken(
    cafe: Merchant, url: str, tmp_path: Path, language: str
) -> None:
    member = cafe.join(email="anna@example.com")
    created = cafe.created
    path = tills.path_of(cafe, "generic")
    programs = blocks("till.md", language)
    (program,) = programs[1:] if language == "sh" else programs
    printed = run(
        language, program, tmp_path,
        HOOK_URL=f"{url}{path}", HOOK_SECRET=created["webhook_secrets"]["generic"],
    )  # fmt: skip
    assert printed == "200\n"
    assert tills.book(cafe.service) == []
    entry = cafe.call("GET", f"/v1/members/{member['member_id']}/entries").json["items"][0]
    order = {"sh": "curl-1"}.get(language, f"{language}-1")
    assert (entry["order_id"], entry["money_minor"]) == (order, 1240)


def test_the_event_and_the_problem_are_what_they_say(cafe: Merchant) -> None:
    (event,) = blocks("till.md", "json")
    cafe.join(email="anna@example.com")
    tills.book_all(cafe, [json.loads(event)])
    (problem,) = blocks("errors.md", "json")
    Problem.model_validate_json(problem, strict=True)


def test_every_error_is_in_the_table_as_it_is_answered() -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| (\d+) \| (.+?) \| (.+?) \|$",
        (FOLDER / "errors.md").read_text("utf-8"),
        re.M,
    )
    shown = [(code, int(status), title) for code, status, title, _ in rows]
    assert shown == [(code.value, STATUS[code].value, TITLE[code]) for code in RefusalCode]
