"""What the operations on sources and uploaded pictures do, in words."""

from __future__ import annotations

from regulars.api.operations_access import Text
from regulars.domain.refusals import RefusalCode as Code

POSTERS: dict[str, Text] = {
    "POST /v1/assets": Text(
        "Sources",
        "Keeps a picture (PNG, JPEG or WebP of at most 2 MB), such as the shop's logo: read, made "
        "small (512 pixels, 100 KB) and written again. SVG is refused. `branding.logo` of the "
        "programme names it.",
        (Code.TOO_LARGE, Code.UNSUPPORTED_MEDIA_TYPE, Code.INVALID),
    ),
    "GET /v1/sources": Text(
        "Sources",
        "Lists where members come from, the newest first, and what each source has brought. An "
        "entry is counted a few seconds after it was booked.",
    ),
    "POST /v1/sources": Text(
        "Sources",
        "Adds a source: a poster, a table, an influencer. Its links name it to the join page, and "
        "who joins by them is counted for it, with what they spend later on.",
        (Code.LIMIT_REACHED,),
    ),
    "PATCH /v1/sources/{id}": Text(
        "Sources",
        "Renames a source, or archives it: it is no longer offered, and its code, which may be "
        "printed, still works and counts.",
        (Code.CONFLICT,),
    ),
}
