"""Where members come from: sources with their links and figures."""

from __future__ import annotations

from typing import Any

from regulars.actions import sources as acting
from regulars.api import models_sources
from regulars.api.reading import read_body
from regulars.core import tokens
from regulars.core.config import settings
from regulars.domain.calendar import rfc3339
from regulars.http import credentials, protocol
from regulars.posters.choices import link_of
from regulars.store import connect, keys, sources
from regulars.store.sources import Source


def list_sources(request: protocol.Request) -> protocol.Response:
    """GET /v1/sources: all of them, with their figures."""
    gathered = credentials.gather(connect.table(), request, keys.merchant)
    m, slug = gathered.shop.merchant_id, _slug(gathered)
    items = [_view(m, slug, one) for one in sources.listed(connect.table(), m)]
    return protocol.json_answer(200, {"items": items, "next": None})


def create(request: protocol.Request) -> protocol.Response:
    """POST /v1/sources."""
    gathered = credentials.gather(connect.table(), request, keys.merchant)
    body = read_body(request, models_sources.NewSource)
    made = acting.create(gathered.shop, body.name, body.kind)
    return protocol.json_answer(201, _view(gathered.shop.merchant_id, _slug(gathered), made))


def change(request: protocol.Request) -> protocol.Response:
    """PATCH /v1/sources/{id}: another name, or no longer offered."""
    gathered = credentials.gather(connect.table(), request, keys.merchant)
    body = read_body(request, models_sources.SourceChange)
    after = acting.change(gathered.shop, request.param("id"), body.name, body.archived)
    return protocol.json_answer(200, _view(gathered.shop.merchant_id, _slug(gathered), after))


def _slug(gathered: credentials.Gathered) -> str:
    """The name in the shop's links; a sandbox has its id for one."""
    m = gathered.shop.merchant_id
    item = gathered.items[0]
    return m if tokens.is_sandbox(m) or item is None else str(item["slug"])


def _view(m: str, slug: str, source: Source) -> dict[str, Any]:
    base = settings().base_url
    return {
        "source_id": source.source_id,
        "name": source.name,
        "kind": source.kind,
        "created_at": rfc3339(source.created_ms),
        "archived": source.is_archived,
        "join_url": link_of(base, slug, source.source_id),
        "qr_url": f"{base}/q/{slug}.svg?source={source.source_id}",
        "figures_url": f"{base}/figures/{sources.token(m, source)}",
        "joins": source.joins,
        "activated": source.activated,
        "spend_minor": source.spend_minor,
    }


ROUTES: dict[str, protocol.Handler] = {
    "GET /v1/sources": list_sources,
    "POST /v1/sources": create,
    "PATCH /v1/sources/{id}": change,
}
