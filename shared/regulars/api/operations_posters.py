"""What the operations on sources and uploaded pictures do, in words."""

from __future__ import annotations

from regulars.api.operations_access import Text
from regulars.domain.refusals import RefusalCode as Code

POSTERS: dict[str, Text] = {
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
