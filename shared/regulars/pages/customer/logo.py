"""The picture that a shop uploaded as its logo."""

from __future__ import annotations

from regulars.domain.refusals import RefusalCode, Refused
from regulars.http import protocol
from regulars.store import assets, connect

FOREVER = "public, max-age=31536000, immutable"
"""Its name has a hash of what is in it."""


def show(request: protocol.Request) -> protocol.Response:
    """GET /logos/{name}: for anybody, since it stands on pages and in mails."""
    name = request.param("name")
    png = assets.read(connect.lean_table(), name.removesuffix(".png"))
    if png is None or not name.endswith(".png"):
        raise Refused(RefusalCode.NOT_FOUND)
    return protocol.picture(png, FOREVER)


ROUTES = {"GET /logos/{name}": show}
