"""Everything that is found by looking into its folder is whole: what is missing is named here."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import get_type_hints

import pytest

from regulars.api.routes import PAGES
from regulars.domain.program import Rate, Reward
from regulars.i18n import words
from regulars.messages import kinds
from regulars.program import reward_kinds
from regulars.program.document import Reward as RewardFields
from regulars.render.loader import FOLDERS
from regulars.render.page import Template
from regulars.store.merchants import Hook
from regulars.tills import registry
from regulars.tills.events import ReportedRefund, ReportedSale, Sample
from tests.unit.pages import samples

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "shared" / "regulars"
LANGUAGES = ("en", "hu", "kk", "pl")
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
PAGE_FOLDERS = sorted({path.parent for path in (FOLDER / "pages").rglob("handlers.py")})


def module(path: Path) -> str:
    return "regulars." + ".".join(path.relative_to(FOLDER).parts)


@pytest.mark.parametrize("folder", PAGE_FOLDERS, ids=lambda path: path.name)
class TestAPage:
    def test_has_a_view_whose_files_are_there(self, folder: Path) -> None:
        template: Template = import_module(f"{module(folder)}.view").TEMPLATE
        for name in (template.html, *template.css):
            assert any((root / name).is_file() for root in FOLDERS), name

    def test_has_routes_that_the_table_of_routes_knows(self, folder: Path) -> None:
        routes = import_module(f"{module(folder)}.handlers").ROUTES
        assert routes
        methods = {key.partition(" ")[0] for key in routes}
        if "console" in folder.parts:  # all of it is one route of the template
            assert all(key.partition(" ")[2].startswith("/console") for key in routes)
            assert methods <= {"GET", "POST"}
        else:
            assert set(routes) <= {route.key for route in PAGES}

    def test_has_a_sample_that_is_looked_at_in_every_language(self, folder: Path) -> None:
        view = import_module(f"{module(folder)}.view")
        templates = {samples.template_of(sample).html for sample in samples.PAGES.values()}
        assert view.TEMPLATE.html in templates


@pytest.mark.parametrize("provider", registry.names())
class TestATill:
    def test_has_what_the_protocol_asks_for(self, provider: str) -> None:
        till = registry.till(provider)
        asked = {name for name in vars(registry.Till) if not name.startswith("_")}
        asked |= set(get_type_hints(registry.Till))
        assert [name for name in sorted(asked) if not hasattr(till, name)] == []

    @pytest.mark.parametrize("refund_id", ["", "r1"])
    def test_reads_its_own_samples_and_nobody_elses(self, provider: str, refund_id: str) -> None:
        till = registry.till(provider)
        hook = Hook("h1", "m1", provider, "", f"https://x.test/hooks/{provider}/h1", "", "")
        sample = Sample("e1", "o1", 450, "EUR", NOW, refund_id=refund_id)
        delivery = till.sample(hook, sample)
        sent = {name.lower(): value for name, value in delivery.headers.items()}
        now_s = int(sent.get("webhook-timestamp", NOW.timestamp()))

        assert till.verify(hook, sent, delivery.body, now_s)
        assert not till.verify(hook, sent, delivery.body + b" ", now_s)
        assert not till.verify(hook._replace(hook_id="h2"), sent, delivery.body, now_s)
        read = till.read(json.loads(delivery.body))
        assert isinstance(read, ReportedRefund if refund_id else ReportedSale)
        assert read.order_id.endswith("o1")


@pytest.mark.parametrize("name", kinds.names())
class TestAMessage:
    def test_says_whom_it_is_for_and_how_it_leaves(self, name: str) -> None:
        kind = kinds.kind(name)
        assert kind.audience in {"member", "owner"}
        channels = {path.stem for path in (FOLDER / "messages" / "channels").glob("*.py")}
        assert kind.channels
        assert set(kind.channels) <= channels

    def test_an_owner_needs_no_consent(self, name: str) -> None:
        kind = kinds.kind(name)
        assert not (kind.consent and kind.audience == "owner")


@pytest.mark.parametrize("name", reward_kinds.names())
class TestARewardKind:
    def test_its_fields_are_in_the_document_and_in_the_rules(self, name: str) -> None:
        for field in reward_kinds.kind(name).fields:
            assert field in RewardFields.model_fields
            assert field in Reward._fields

    def test_says_in_every_language_what_it_takes_off_or_nothing(self, name: str) -> None:
        kind = reward_kinds.kind(name)
        reward = Reward(
            "r", "R", name, "", 10, False, None, (), None, "lifetime", 0, 0,
            percent=15, amount_minor=250, promise=None, headline=None, conditions=(),
            rate=Rate(1, 25), step_units=1, when_unused="returns", max_share=0,
        )  # fmt: skip
        sentence = {lang: kind.worth(reward, "EUR", words(lang)) for lang in LANGUAGES}
        assert len(set(sentence.values())) in {1, len(LANGUAGES)}, sentence
        if kind.fields:
            assert all(re.search("15|2[.,]50", text) for text in sentence.values()), sentence

    def test_is_explained(self, name: str) -> None:
        assert f"`{name}`" in (ROOT / "docs" / "programme.md").read_text("utf-8")
