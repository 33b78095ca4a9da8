"""A form with a file in it, as browsers send it without a script (multipart/form-data)."""

from __future__ import annotations

import re
from email import policy
from email.parser import BytesParser
from typing import NamedTuple

from regulars.domain.refusals import RefusalCode, Refused
from regulars.http.protocol import Request


class Upload(NamedTuple):
    """The fields of a form, and the file of one of them."""

    fields: dict[str, str]
    file: bytes
    filename: str


def upload(request: Request, name: str, most: int) -> Upload:
    """Read a form with a file in the field `name`. Raises UNSUPPORTED_MEDIA_TYPE for another body,
    TOO_LARGE for a file of more than `most` bytes."""
    kind = request.headers.get("content-type", "")
    if not re.match(r"multipart/form-data\s*;", kind, re.IGNORECASE):
        raise Refused(RefusalCode.UNSUPPORTED_MEDIA_TYPE, "Send the form as multipart/form-data.")
    if len(request.body) > most + 64 * 1024:
        raise Refused(RefusalCode.TOO_LARGE, f"A file may have {most // 1024 // 1024} MB.")
    head = f"Content-Type: {kind}\r\n\r\n".encode("latin-1", "replace")
    message = BytesParser(policy=policy.HTTP).parsebytes(head + request.body)
    fields: dict[str, str] = {}
    file, filename = b"", ""
    for part in message.iter_parts():
        field = part.get_param("name", header="content-disposition")
        data = part.get_payload(decode=True)
        if not isinstance(field, str) or not isinstance(data, bytes):
            continue
        if field == name:
            file, filename = data, part.get_filename() or ""
        else:
            fields[field] = data.decode("utf-8", "replace")
    if len(file) > most:
        raise Refused(RefusalCode.TOO_LARGE, f"A file may have {most // 1024 // 1024} MB.")
    return Upload(fields, file, filename)
