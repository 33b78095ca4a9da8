"""T23: where somebody says they are could be made up, so nothing asks for it."""

from __future__ import annotations

from typing import Any

from regulars.api import openapi
from tests.service import Service
from tests.threats import removal
from tests.threats.removal import against

POSITIONS = ("latitude", "longitude", "geoloc", "coordinates")
real_document = openapi.document


def with_a_position() -> dict[str, Any]:
    document = real_document()
    place = {"type": "object", "properties": {"latitude": {"type": "number"}}}
    schemas = {**document["components"]["schemas"], "Place": place}
    return {**document, "components": {**document["components"], "schemas": schemas}}


@against(removal.of(openapi, "document", with_a_position))
def test_no_route_takes_a_position(removed: None, service: Service) -> None:
    document = openapi.document()
    text = str([document["components"]["schemas"], document["paths"]]).lower()
    assert [word for word in POSITIONS if word in text] == []
