"""What the operations on members as a list do, in words: counts, imports, exports."""

from __future__ import annotations

from regulars.api.operations_access import Text
from regulars.domain.refusals import RefusalCode as Code

IMPORTS: dict[str, Text] = {
    "GET /v1/members/counts": Text(
        "Members",
        "Counts the members: by segment, by tier and by the month of their birthday. A change "
        "shows within seconds, a segment that changes by time within an hour.",
    ),
    "POST /v1/imports": Text(
        "Imports",
        "Takes a CSV file of members (`text/csv`, up to 5 MB, 50,000 lines) whose columns may have "
        "any headings and any order; see the guide for ours. It is looked at first. Without "
        "`mapping` (JSON by heading) the columns are guessed; when there is a doubt, or with "
        "`dry_run`, it waits in the state `asks` and `counts` say what it would do. The same file "
        "twice changes nothing.",
        (Code.TOO_LARGE, Code.UNSUPPORTED_MEDIA_TYPE),
    ),
    "GET /v1/imports": Text("Imports", "Lists the newest ten imports."),
    "GET /v1/imports/{id}": Text(
        "Imports", "Reads an import: how far it is, its counts and its mistakes by line and column."
    ),
    "POST /v1/imports/{id}/start": Text(
        "Imports",
        "Brings a file in that waits; with `mapping` it is looked at again instead.",
        (Code.CONFLICT,),
    ),
    "POST /v1/imports/{id}/undo": Text(
        "Imports",
        "Takes an import back: members who came by it and have not used their card since are "
        "erased, what was changed goes back where it is still as the import left it.",
        (Code.CONFLICT,),
    ),
    "GET /v1/export/members.json": Text(
        "Imports",
        "Hands out all members. An answer of more than 4 MB is a 303 to a link that is good for 15 "
        "minutes, at which it is compressed.",
    ),
    "GET /v1/export/members.csv": Text(
        "Imports",
        "The same as CSV (RFC 4180, UTF-8 with BOM, CRLF). A cell that a spreadsheet would compute "
        "begins with an apostrophe.",
    ),
}
