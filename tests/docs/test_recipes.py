"""The recipes of CONTRIBUTING.md, done in a copy of the project: they are all there is to do.

Blocks of a recipe are written to the files they name. Then the copy's own checks run in processes
of their own, so that nothing of this process is in their way.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[2]
PARTS = (
    "shared", "functions", "scripts", "local", "tests", "docs", "template.yaml", "waf.yaml",
    "pyproject.toml",
)  # fmt: skip
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
LEFT_OUT = shutil.ignore_patterns("__pycache__", "compiled", "node_modules")


def section(title: str) -> str:
    """One recipe's text."""
    _, _, rest = CONTRIBUTING.partition(f"\n### {title}\n")
    assert rest, f"there is no recipe {title!r}"
    return re.split(r"^##", rest, maxsplit=1, flags=re.MULTILINE)[0]


class Copy:
    """The project in another folder, changed by a recipe."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for part in PARTS:
            self._take(Path(part))
        self.written: list[str] = []

    def _take(self, part: Path) -> None:
        source, target = ROOT / part, self.folder / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=LEFT_OUT)
        elif source.exists():
            shutil.copy2(source, target)

    def follow(self, title: str) -> None:
        """Do what a recipe says."""
        for kind, block in re.findall(r"^```(\w+)\n(.*?)^```", section(title), re.S | re.M):
            head, _, body = block.partition("\n")
            named = re.fullmatch(r"(?:#|\{#) ([\w./-]+)(?: #\})?", head)
            if kind == "sh" or named is None:
                continue
            path = self.folder / named.group(1)
            if kind == "diff":
                path.write_text(changed(path.read_text("utf-8"), body), "utf-8")
            else:
                assert not path.exists(), f"{named.group(1)} is there already"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(body, "utf-8")
            self.written.append(named.group(1))

    def assert_tidy(self) -> None:
        """Assert that ruff accepts what a recipe has written."""
        python = [name for name in self.written if name.endswith(".py")]
        for command in (("check", "--quiet"), ("format", "--check", "--quiet")):
            done = self.run("-m", "ruff", *command, "--no-cache", *python)
            assert done.returncode == 0, done.stdout + done.stderr

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run Python in the copy, with the copy's package."""
        environment = {"PYTHONPATH": f"{self.folder / 'shared'}:{self.folder}", "PATH": "/usr/bin"}
        return subprocess.run(
            [sys.executable, *command],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
        )

    def python(self, code: str) -> Any:
        """What a piece of code prints as JSON."""
        done = self.run("-c", code)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def tests(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run tests of the copy."""
        return self.run("-m", "pytest", "-q", "--noconftest", "-p", "no:cacheprovider", *arguments)


def changed(text: str, change: str) -> str:
    """A text after a change: `+` lines come after the line above them, `-` lines go."""
    lines = text.splitlines()
    place = -1
    for line in change.splitlines():
        if line.startswith("+"):
            place += 1
            lines.insert(place, line[1:])
            continue
        assert lines.count(line[1:]) == 1, f"not there once: {line[1:]}"
        place = lines.index(line[1:])
        if line.startswith("-"):
            del lines[place]
            place -= 1
    return "\n".join(lines) + "\n"


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path)


TILL = """
import json
from datetime import UTC, datetime
from regulars.store.merchants import Hook
from regulars.tills import registry
from regulars.tills.events import Sample
till = registry.till("acme")
url = "https://example.test/hooks/acme/h1"
hook = Hook("h1", "m1", "acme", "the secret that Acme shows", url, "", "")
at = datetime(2026, 11, 22, 9, tzinfo=UTC)
sale = till.sample(hook, Sample("e1", "o1", 450, "EUR", at, contact="anna@example.com"))
headers = {name.lower(): value for name, value in sale.headers.items()}
back = till.sample(hook, Sample("e2", "o1", 450, "EUR", at, refund_id="r1"))
print(json.dumps([
    registry.names(),
    till.verify(hook, headers, sale.body, 0),
    till.verify(hook, headers, sale.body + b" ", 0),
    till.verify(hook._replace(secret="another secret, of another till"), headers, sale.body, 0),
    repr(till.read(json.loads(sale.body))),
    repr(till.read(json.loads(back.body))),
]))
"""


def test_a_till(copy: Copy) -> None:
    copy.follow("Add a till")
    copy.assert_tidy()
    names, good, changed_body, other_secret, sale, refund = copy.python(TILL)
    assert {"acme", "generic", "square"} <= set(names)
    assert (good, changed_body, other_secret) == (True, False, False)
    assert "ReportedSale(order_id='acme:o1', total_minor=450, currency='EUR'" in sale
    assert "ReportedRefund(order_id='acme:o1', refund_id='r1', amount_minor=450" in refund


MESSAGE = """
import json
from types import SimpleNamespace
from regulars.i18n.words import words
from regulars.messages import kinds
entry = SimpleNamespace(
    kind="redeem", seq=3, facts={}, source="staff", tier_from=None, tier_to=None
)
program = SimpleNamespace(tier_rank=lambda tier: -1)
occasioned = [name for name, _ in kinds.occasioned_by(program, entry)]
content = kinds.kind("first_redemption").compose(None, None, {}, words("en"))
print(json.dumps([kinds.names(), occasioned, content.subject]))
"""


def test_a_message(copy: Copy) -> None:
    copy.follow("Add a message")
    copy.assert_tidy()
    names, occasioned, subject = copy.python(MESSAGE)
    assert "first_redemption" in names
    assert occasioned == ["first_redemption"]
    assert subject == "Enjoy your first reward"

    assert copy.run("scripts/i18n", "update").returncode == 0
    checked = copy.run("scripts/i18n", "check")
    missing = {line for line in checked.stdout.splitlines() if "not translated" in line}
    assert checked.returncode == 1
    assert missing >= {
        f"{lang}: not translated: Enjoy your first reward" for lang in ("hu", "kk", "pl")
    }


PAGE = """
import json
from functions.card.app import lambda_handler
event = {"routeKey": "GET /help", "rawPath": "/help", "headers": {"accept-language": "en"},
         "requestContext": {"http": {"method": "GET"}}}
answer = lambda_handler(event, None)
print(json.dumps([answer["statusCode"], "<h1>How a card works</h1>" in answer["body"]]))
"""


def test_a_page(copy: Copy) -> None:
    copy.follow("Add a page")
    copy.assert_tidy()
    assert copy.python(PAGE) == [200, True]
    done = copy.tests("tests/contract/test_openapi.py", "tests/contract/test_template.py")
    assert done.returncode == 0, done.stdout


def test_a_page_that_the_template_forgets_is_named(copy: Copy) -> None:
    before = (copy.folder / "template.yaml").read_text("utf-8")
    copy.follow("Add a page")
    (copy.folder / "template.yaml").write_text(before, "utf-8")
    done = copy.tests("tests/contract/test_openapi.py", "-k", "template")
    assert done.returncode == 1
    assert "/help" in done.stdout


REWARD_KIND = """
import json
from regulars.i18n.words import words
from regulars.program import templates
from regulars.program.check import check
from regulars.program.load import load
from regulars.views import customer, worth
document = json.loads(json.dumps(templates.template("corner-cafe")))
document["rewards"].append({"id": "free-delivery", "name": "Delivery", "kind": "delivery"})
reward = load(check(document), 1).rewards["free-delivery"]
shown = customer.worth(reward, "EUR", words("en"))
print(json.dumps([shown, worth.of_reward(reward, words("en"))["kind"]]))
"""


def test_a_reward_kind(copy: Copy) -> None:
    copy.follow("Add a reward kind")
    copy.assert_tidy()
    assert copy.python(REWARD_KIND) == ["free delivery", "delivery"]


def test_a_language(copy: Copy) -> None:
    (command,) = re.findall(r"^(scripts/i18n new \w+)", section("Add a language"), re.MULTILINE)
    assert copy.run(*command.split()).returncode == 0
    catalogue = copy.folder / "shared/regulars/i18n/cs/LC_MESSAGES/regulars.po"
    assert 'msgid "Get my card"\nmsgstr ""' in catalogue.read_text("utf-8")
    catalogue.write_text(
        catalogue.read_text("utf-8").replace(
            'msgid "Get my card"\nmsgstr ""', 'msgid "Get my card"\nmsgstr "Chci kartu"'
        ),
        "utf-8",
    )
    assert copy.run("scripts/i18n", "compile").returncode == 0
    spoken = copy.python(
        "import json; from regulars.i18n import languages, words;"
        "print(json.dumps([languages()['cs'], words('cs').t('Get my card')]))"
    )
    assert spoken == ["Čeština", "Chci kartu"]
