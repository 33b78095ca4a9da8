"""The function that serves scripts."""

import base64
import gzip
import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from regulars.render import assets

ROOT = Path(__file__).resolve().parents[3]
PAGES = ROOT / "shared/regulars/pages"
NAMES = sorted(
    {path.name for path in PAGES.rglob("*.js") if path.parent.name != "scripts"}
    | {f"{path.parent.name}.js" for path in PAGES.rglob("scripts")}
)
"""Every script of ours; those of a folder `scripts` are one."""


@pytest.fixture(scope="module")
def app() -> ModuleType:
    spec = importlib.util.spec_from_file_location("assets_app", ROOT / "functions/assets/app.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def ask(app: ModuleType, name: str | None, **headers: str) -> dict[str, Any]:
    event = {"pathParameters": {"name": name} if name is not None else None, "headers": headers}
    answer: dict[str, Any] = app.lambda_handler(event, None)
    return answer


@pytest.mark.parametrize("name", NAMES)
def test_serves_the_file_for_ever(app: ModuleType, name: str) -> None:
    answer = ask(app, assets.asset(name).name)
    assert answer["statusCode"] == 200
    assert answer["body"].encode() == assets.asset(name).body
    assert answer["headers"]["cache-control"] == "public, max-age=31536000, immutable"
    assert answer["headers"]["content-type"] == "text/javascript; charset=utf-8"


@pytest.mark.parametrize("name", NAMES)
def test_packs_for_browsers_that_can_unpack(app: ModuleType, name: str) -> None:
    answer = ask(app, assets.asset(name).name, **{"accept-encoding": "br, gzip"})
    assert answer["isBase64Encoded"] is True
    assert answer["headers"]["content-encoding"] == "gzip"
    packed = base64.b64decode(answer["body"])
    assert gzip.decompress(packed) == assets.asset(name).body


def test_answers_304_to_who_has_it(app: ModuleType) -> None:
    name = assets.asset("card.js").name
    etag = ask(app, name)["headers"]["etag"]
    again = ask(app, name, **{"If-None-Match": etag})
    assert (again["statusCode"], again["body"]) == (304, "")
    packed = ask(app, name, **{"if-none-match": etag, "accept-encoding": "gzip"})
    assert packed["statusCode"] == 200, "the packed bytes are another representation"


@pytest.mark.parametrize(
    "name",
    [
        None,
        "",
        "card.js",
        "elsewhere.js",
        "card.000000000000.js",
        "../assets.py",
        "..%2fassets.py",
        "jsqr.LICENSE",
        "/etc/passwd",
        "card.x.js/../../views.py",
        "README.md",
    ],
)
def test_knows_nothing_else(app: ModuleType, name: str | None) -> None:
    answer = ask(app, name)
    assert answer["statusCode"] == 404
    assert answer["body"] == "Not found.\n"
    assert answer["headers"]["cache-control"] == "no-store"


def test_no_two_scripts_have_one_name() -> None:
    alone = [path.name for path in PAGES.rglob("*.js") if path.parent.name != "scripts"]
    assert len(NAMES) == len(alone) + len(list(PAGES.rglob("scripts")))
    assert {"card.js", "screen.js", "frame.js"} <= set(NAMES)
