"""What every test may use: a fixed environment, a real engine, and the functions over it."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from secrets import token_hex
from typing import Any

import pytest
from playwright.sync_api import Browser

from local import engine, template
from local.aws import REGION
from regulars.core import clock, config, ring, tokens
from regulars.http import credentials, limits
from regulars.store import connect, wire
from regulars.store.table import Table
from tests import chromium, examples, fleet, left_out, permissions, together
from tests.aws_services import BUCKET, AwsServices
from tests.service import NotedRing, Service
from tests.spy import Spy

LONG = "they take long: they run where CI is set, or with ARGS='-m long'"
SAMPLED = "other cases of them run: all run where CI is set, or when their file is named"
SECRET = "a secret of the tests that is long enough"
RING = json.dumps({"base": "k001", "current": "k001", "since": 0, "keys": {"k001": SECRET}})
PLATFORM_KEY = "rk_platform_of_the_tests"
START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)

examples.load_profiles()


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The environment of a function, and nothing of the developer's own."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_CONTAINER_CREDENTIALS_FULL_URI"):
        monkeypatch.delenv(name, raising=False)
    values = {
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "TABLE_NAME": "regulars-ledger",
        "BASE_URL": "https://cards.example",
        "RING_PARAMETER": "/regulars/ring",
        "MAIL_FROM": "cards@regulars.example",
        "POWERTOOLS_SERVICE_NAME": "tests",
        "POWERTOOLS_LOG_LEVEL": "INFO",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    config.settings.cache_clear()
    credentials.kept.clear()
    limits.clear()
    monkeypatch.setattr(ring, "source", lambda: RING)
    monkeypatch.setattr(ring, "holder", NotedRing())
    with permissions.watched():
        yield
    config.settings.cache_clear()


@pytest.fixture(autouse=True)
def _seeded_ids(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every id and chance of a test is the same at each run: drawn from a seed, its name."""
    seeded = Random(request.node.nodeid)  # noqa: S311 - it is to be foreseen
    monkeypatch.setattr(os, "urandom", seeded.randbytes)


@pytest.fixture(scope="session")
def engine_url() -> Iterator[str]:
    """The address of an engine in memory, one per test process."""
    with engine.running() as url:
        yield url
        wire._client("dynamodb", url, REGION).close()  # the one that a process keeps


@pytest.fixture(scope="session")
def ledger_table() -> template.Table:
    """The table as the template defines it, read once."""
    return template.load(engine.ROOT / "template.yaml").table


@pytest.fixture
def table_name(
    engine_url: str, ledger_table: template.Table, request: pytest.FixtureRequest
) -> str:
    """A table of the template's shape, for one test alone.

    It has a stream only for a test that is marked `stream`: the engine looks through the whole
    stream at every write.
    """
    name = f"regulars-test-{token_hex(16)}"  # never the same: the engine serves many tests
    table = ledger_table
    if request.node.get_closest_marker("stream") is None:
        table = engine.without_stream(table)
    engine.create_table_as(engine_url, table, name)
    return name


@pytest.fixture
def spy() -> Spy:
    """Sees every call to the table and holds it to the rules (see `spy.py`)."""
    return Spy()


@pytest.fixture
def tables(
    engine_url: str, table_name: str, monkeypatch: pytest.MonkeyPatch, spy: Spy
) -> Iterator[dict[str, Table]]:
    """Both of a process's tables, on the engine: `lean` and `boto`."""
    monkeypatch.setenv("TABLE_NAME", table_name)
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", engine_url)
    config.settings.cache_clear()
    connect.lean_table.cache_clear()
    connect.table.cache_clear()
    lean = connect.lean_table()
    full = connect.table()
    lost: list[str] = []
    for table in (lean, full):
        table.on_call.append(spy)
        if os.environ.get("FLEET") == "mixed":
            table._transport = fleet.beside_newer(table._transport, lost.append)
    yield {"lean": lean, "boto": full}
    connect.lean_table.cache_clear()
    connect.table.cache_clear()
    spy.assert_clean()
    assert not lost, "\n".join(["not kept, as it was not known:", *lost])


@pytest.fixture
def table(tables: dict[str, Table]) -> Table:
    """The lean table."""
    return tables["lean"]


@pytest.fixture(scope="session")
def aws_services() -> Iterator[AwsServices]:
    """Queues and mail, as moto serves them over HTTP on this machine."""
    with AwsServices.running() as running:
        yield running
        wire._client("sqs", running.url, REGION).close()  # the one that a process keeps


@pytest.fixture
def service(
    tables: dict[str, Table], aws_services: AwsServices, monkeypatch: pytest.MonkeyPatch, spy: Spy
) -> Iterator[Service]:
    """The whole service in this process: every function, the engine, queues and mail.

    All functions reach the table over the lean client: boto3 takes twice as long, and both are held
    to the same by tests of their own. With `CLIENT=boto3` they use what they use in AWS.
    """
    by_day(monkeypatch)
    if os.environ.get("CLIENT") != "boto3":
        monkeypatch.setattr(connect, "table", connect.lean_table)
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws_services.url)
    monkeypatch.setenv("ARCHIVE_BUCKET", BUCKET)
    monkeypatch.setenv("PLATFORM_KEY_SHA256", tokens.digest(PLATFORM_KEY))
    with aws_services.queues() as queues:
        for name, url in queues.items():
            monkeypatch.setenv(f"{name.upper()}_QUEUE_URL", url)
        config.settings.cache_clear()
        yield Service(connect.table(), aws_services, queues, spy, PLATFORM_KEY)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium, one per test process."""
    with chromium.running() as opened:
        yield opened


STARTS_AN_ENGINE = {
    "engine_url", "endpoint", "aws_services", "product", "new_product", "start", "stack",
    "place",
}  # fmt: skip


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what needs an engine, and leave out what does not run here.

    Without Chromium the browser tests are left out, and without php the sample in php; on a build
    server (`CI` is set) they must run.
    """
    for item in items:
        used = set(getattr(item, "fixturenames", ()))
        if used & STARTS_AN_ENGINE:
            item.add_marker("engine")
    in_browser = [item for item in items if item.get_closest_marker("browser")]
    if in_browser and not os.environ.get("CI") and not chromium.is_here():
        left_out.leave_out(config, items, in_browser, chromium.MISSING)
    if not os.environ.get("CI") and not _asked_for_long(config):
        long = [item for item in items if item.get_closest_marker("long")]
        left_out.leave_out(config, items, long, LONG)
        left_out.leave_out(config, items, list(_not_sampled(items)), SAMPLED)
    # Those first, so that no process is left alone with one of them at the end.
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
    in_php = [item for item in items if item.get_closest_marker("php")]
    if in_php and not os.environ.get("CI") and not shutil.which("php"):
        left_out.leave_out(config, items, in_php, "php is not here: the sample in docs/api/till.md")


def _not_sampled(items: list[pytest.Item]) -> Iterator[pytest.Item]:
    """The cases of sampled tests that are left to a build server."""
    cases: Counter[str] = Counter()
    for item in items:
        if sampled := item.get_closest_marker("sampled"):
            test = item.nodeid.partition("[")[0]
            if cases[test] % sampled.args[0]:
                yield item
            cases[test] += 1


def _asked_for_long(config: pytest.Config) -> bool:
    """Whether somebody named these tests, by the marker or by their file."""
    return "long" in config.option.markexpr or any(".py" in arg for arg in config.args)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> together.Scheduling:
    """Share the tests among worker processes."""
    return together.Scheduling(config, log)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Pass on what this process left out and saw; at the very end, hold what was seen."""
    left_out.hand_over(session.config)
    permissions.hand_over(session.config)
    passed = session.exitstatus == pytest.ExitCode.OK
    on_its_own = not hasattr(session.config, "workerinput")
    if on_its_own and passed and permissions.all_have_run(session.config) and permissions.unused():
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take what a worker process left out and saw; one that crashed has nothing to say."""
    left_out.take_over(node.config, getattr(node, "workeroutput", {}))
    permissions.take_over(getattr(node, "workeroutput", {}))


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say what was left out, and what nobody may do without need."""
    left_out.say(config, terminalreporter)
    permissions.say(config, terminalreporter)


def by_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be half past nine in the morning (UTC) for the service, and let time pass: at night
    messages wait. It is a morning that was, as scripts note the real time. A clock that stands
    still already is left alone."""
    real = datetime.now(UTC)
    if abs(clock.now() - real) < timedelta(minutes=1):
        since = (real - timedelta(hours=9, minutes=30)).replace(hour=0, minute=0)
        ago = real - (since + timedelta(hours=9, minutes=30))
        monkeypatch.setattr(clock, "now", lambda: datetime.now(UTC) - ago)


class Clock:
    """The system's clock, standing still until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Replaces the clock of the service by one that stands at START."""
    held = Clock()
    monkeypatch.setattr(clock, "now", held)
    return held
