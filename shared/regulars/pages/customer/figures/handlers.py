"""The page of the figures of one source."""

from __future__ import annotations

from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import limits, protocol
from regulars.pages import answer
from regulars.pages.customer.figures import view
from regulars.program.load import program_of
from regulars.render.brand import brand_of
from regulars.store import connect, keys, sources


def show(request: protocol.Request) -> protocol.Response:
    """GET /figures/{token}: for whoever has the link."""
    table = connect.lean_table()
    limits.require_heard(request)
    found = sources.by_token(table, request.param("token"))
    item = table.get(keys.program(found[0]))[0] if found else None
    if found is None or item is None or "closed" in item:
        limits.missed(lambda: table, request)
        raise Refused(RefusalCode.NOT_FOUND)
    program, source = program_of(item), found[1]
    shown = view.FiguresPage(
        brand_of(program), source.name, source.joins, source.activated, source.spend_minor,
        program.currency,
    )  # fmt: skip
    words = answer.browser_words(request, program.languages)
    return answer.page(200, view.TEMPLATE, shown, words)


ROUTES = {"GET /figures/{token}": answer.as_page(show)}
