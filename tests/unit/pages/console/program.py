"""The programme editor: each of its pages, with a template, long names, mistakes."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

from regulars.i18n import words
from regulars.pages.console.campaigns import calendar_of
from regulars.pages.console.campaigns.view import TEMPLATE as CAMPAIGNS
from regulars.pages.console.campaigns.view import CampaignsPage, Game, Spent
from regulars.pages.console.campaigns.view import Shown as Campaign
from regulars.pages.console.frame.forms import Form
from regulars.pages.console.program import editing, forms, parts, rows, spoken, starters, trying
from regulars.pages.console.program.editing import Disagreement, ShownRow
from regulars.pages.console.program.publishing.view import TEMPLATE as BEFORE_IT
from regulars.pages.console.program.publishing.view import (
    VERSION,
    VERSIONS,
    Effect,
    Part,
    PreviewPage,
    VersionPage,
    VersionRow,
    VersionsPage,
)
from regulars.pages.console.program.spoken import Change
from regulars.pages.console.program.tools.view import (
    CALCULATOR,
    CalculatorPage,
    Choice,
    JsonPage,
    TemplatesPage,
)
from regulars.pages.console.program.tools.view import TEMPLATE as RAW
from regulars.pages.console.program.tools.view import (
    TEMPLATES as TRADES,
)
from regulars.pages.console.program.view import TEMPLATE, ProgramPage, Section, TrySale
from regulars.pages.counter.screen import keys
from regulars.program import templates
from regulars.program.load import load
from regulars.render.brand import brand_of
from tests.unit.pages.card_samples import BRAND, LONG_BRAND, LONG_NAME

NOW = datetime(2026, 11, 22, 7, 50, tzinfo=UTC)
HU = words("hu")


def _rows(document: dict[str, Any], field: str, **more: Any) -> tuple[ShownRow, ...]:
    by = forms.reader(HU, document)
    one = spoken.speaker(by, document)
    return tuple(
        ShownRow(
            row.name, spoken.title(row, one) or row.name, *editing.shown(row, one, document),
            movable=bool(row.id), removable=bool(row.id), **more,
        )
        for row in rows.of(document, field)
    )  # fmt: skip


def _page(document: dict[str, Any], slug: str, **more: Any) -> ProgramPage:
    part = parts.find(HU.t, slug)
    assert part is not None
    program = load(document, 8)
    sections = tuple(
        Section(field, _rows(document, field, **more), tuple(starters.offers(field, HU).items()),
                (("earn.old", "Régi"),))
        for field in part.fields
    )  # fmt: skip
    sale = trying.try_sale(program, trying.Sale(5420, "main", 3, "tue"), NOW, HU)
    asked = {"bill": "54.20", "pieces": "3", "category": "main", "day": "tue"}
    return ProgramPage(
        brand_of(program), program.timezone, NOW, 7, "2026. október 3.", parts.every(HU.t), part,
        ("earning", "tiers"), ("rewards",), sections, (), 3, f"{LONG_NAME}, ma 8:42", "3.7",
        trying.card_preview(program, NOW, HU), tuple(keys.keys(program, HU)),
        TrySale(asked, (("main", "Főétel"),), (("tue", "kedd"),), sale),
    )  # fmt: skip


def _long(document: dict[str, Any]) -> dict[str, Any]:
    made = copy.deepcopy(document)
    made["tiers"][0]["name"] = dict.fromkeys(made["languages"], "W" * 60)
    made["rewards"][0]["name"] = "قهوة مجانية لكل ضيف يعود إلينا " * 2
    return made


SUPPER = templates.template("supper-club")
MUGS = templates.template("mug-club")
CHANGE = Change("earn.main", "earn", "Főétel", ("1 bélyeg",), ("2 bélyeg, " + "w" * 60,))
CHANGES = (Part("Gyűjtés", (CHANGE, CHANGE._replace(after=()), CHANGE._replace(before=()))),)
EFFECTS = (
    Effect(
        12,
        "feljebb lép",
        "Elköltöttek 500 eurót.",
        "",
        ((LONG_NAME, "/console/members/c1", "€548"),),
    ),
    Effect(3, "elveszít valamit", "", "bad"),
    Effect(1269, "nem vesz észre semmit", "Marad.", "quiet"),
)
BEFORE = PreviewPage(
    BRAND, "12 vendég feljebb lép", 1284, EFFECTS, "€310", ("3 elveszít valamit",), Form(), "3.7",
    "p" * 20, 8, 7, "2026-11-23", CHANGES,
)  # fmt: skip
MONTH = datetime(2026, 11, 1, tzinfo=UTC).date()
WEEKS = tuple(calendar_of.weeks(MONTH, [{"weekdays": ["tue"]}, {}]))
DAYS = tuple((day, f"{day}day") for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
RUNNING = Campaign(1, LONG_NAME, "Kétszeres pont " * 6, "running", "12 / 100", "/console/programme")
FULL = CampaignsPage(
    BRAND, MONTH, "November 2026", "2026-10", "2026-12", NOW.date(),
    tuple(worded for _, worded in DAYS),
    WEEKS, (RUNNING, RUNNING._replace(number=2, state="past", did="")),
    (Spent("Kedvesség", "€9 / €35", 26, "/console/programme"),),
    (Game("Tombola", "Sorsolás", ("1. Anna", f"2. {LONG_NAME}"), "/console/programme"),), Form(),
    DAYS, (("", "minden"), ("stamp", "bélyeg")), (("2", "×2"),),
)  # fmt: skip

PAGES = {
    **{f"part-{slug}": _page(SUPPER, slug) for slug in ("earning", "tiers", "names", "limits")},
    "part-units": _page(MUGS, "units"),
    "part-long": _page(_long(MUGS), "tiers"),
    "part-rewards": _page(_long(MUGS), "rewards"),
    "part-conflict": _page(
        SUPPER, "earning", is_changed=True, before=("1 bélyeg",), error="Nem jó.",
        conflict=Disagreement(LONG_NAME, "ma 8:42", ("2 bélyeg",), ()),
    )._replace(mistakes=(("r-earn.main", "Nem jó."),), overtaken=("Jutalmak",)),
    "part-empty": _page(SUPPER, "surprises")._replace(changes=0, card=None, sale=None),
    "preview": BEFORE,
    "preview-refused": BEFORE._replace(
        brand=LONG_BRAND, form=Form({"when": "day"}, {"confirm_losses": "Előbb ezt."}, "Baj van.")
    ),
    "preview-wrong": BEFORE._replace(wrong=(("/console/programme/earning", "Ez kell."),)),
    "preview-more": BEFORE._replace(more="c" * 20),
    "versions": VersionsPage(BRAND, tuple(
        VersionRow(n, state, "2026. november 22., 8:42", LONG_NAME, "w" * 80)
        for n, state in enumerate(("past", "live", "waiting", "refused"), 1)
    ), "4"),
    "version": VersionPage(BRAND, 3, 7, CHANGES),
    "version-same": VersionPage(LONG_BRAND, 3, 7, ()),
    "json": JsonPage(BRAND, Form(), '{"name": "' + "w" * 90 + '"}', "3.7", (("earn.0", "Baj."),)),
    "templates": TemplatesPage(BRAND, (Choice("mug-club", "Mug Club", ("w" * 60, "két")),) * 3),
    "calculator": CalculatorPage(BRAND, Form(), "€12.50", "12 látogatásból", (("stamp", "bélyeg"),),
                                 "50 bélyeg", ("€12.50 × 20% = €2.50",) * 2),
    "calculator-wrong": CalculatorPage(
        BRAND, Form({"order": "x"}, {"order": "Írj összeget."}), "", "", ()
    ),
    "campaigns": FULL,
    "campaigns-empty": FULL._replace(
        brand=LONG_BRAND, campaigns=(), budgets=(), games=(), is_draft=True,
        form=Form({}, {"days": "Legalább egy nap."}),
    ),
}  # fmt: skip
TEMPLATES = {
    ProgramPage: TEMPLATE, PreviewPage: BEFORE_IT, VersionsPage: VERSIONS, VersionPage: VERSION,
    JsonPage: RAW, TemplatesPage: TRADES, CalculatorPage: CALCULATOR, CampaignsPage: CAMPAIGNS,
}  # fmt: skip
