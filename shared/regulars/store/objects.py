"""Large objects in S3: written in parts, by several runs if need be, read back, handed out by link.

Raises StoreError for whatever goes wrong between us and S3; boto3 has tried again by then.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from regulars.core.config import settings
from regulars.store.errors import Lost, ServiceError
from regulars.store.place import CONNECT_TIMEOUT_S

PART_MIN = 5 * 1024 * 1024
"""S3 takes no smaller part, except as the last one."""

READ_TIMEOUT_S = 30.0
CHUNK = 1024 * 1024
GONE = frozenset({"NoSuchUpload", "NoSuchKey", "404"})


def begin(key: str, media_type: str) -> str:
    """Begin an object, and return the id of its upload."""
    with _named("CreateMultipartUpload"):
        answer = _s3().create_multipart_upload(
            Bucket=settings().archive_bucket, Key=key, ContentType=media_type,
            ChecksumAlgorithm="SHA256",
        )  # fmt: skip
    return str(answer["UploadId"])


def is_open(key: str, upload_id: str) -> bool:
    """Tell whether parts can still be written: what was not finished goes after a week."""
    bucket = settings().archive_bucket
    return _unless_gone(
        "ListParts",
        lambda: _s3().list_parts(Bucket=bucket, Key=key, UploadId=upload_id, MaxParts=1),
    )


def put_part(key: str, upload_id: str, number: int, data: bytes) -> None:
    """Write a part, from 1 on; the same number again replaces it."""
    checksum = b64encode(hashlib.sha256(data).digest()).decode()
    with _named("UploadPart"):
        _s3().upload_part(
            Bucket=settings().archive_bucket, Key=key, UploadId=upload_id, PartNumber=number,
            Body=data, ChecksumSHA256=checksum,
        )  # fmt: skip


def finish(key: str, upload_id: str) -> bool:
    """Make an object of its parts. False when the upload is gone: it was finished, or is too
    old."""
    bucket = settings().archive_bucket

    def complete() -> None:
        pages = (
            _s3().get_paginator("list_parts").paginate(Bucket=bucket, Key=key, UploadId=upload_id)
        )
        named = ("PartNumber", "ETag", "ChecksumSHA256")
        parts = {
            part["PartNumber"]: {name: part[name] for name in named if name in part}
            for page in pages
            for part in page.get("Parts", ())
        }
        _s3().complete_multipart_upload(
            Bucket=bucket,
            Key=key,
            UploadId=upload_id,
            MultipartUpload={"Parts": [parts[number] for number in sorted(parts)]},
        )

    return _unless_gone("CompleteMultipartUpload", complete)


def read(key: str) -> Iterator[bytes]:
    """Yield the bytes of an object; raises ServiceError when there is none."""
    with _named("GetObject"):
        body = _s3().get_object(Bucket=settings().archive_bucket, Key=key)["Body"]
        yield from body.iter_chunks(CHUNK)


def link(key: str, name: str, seconds: int) -> str:
    """Return a link to an object that is good for so long; it is saved under a name."""
    found: str = _s3().generate_presigned_url(
        "get_object",
        Params={
            "Bucket": settings().archive_bucket,
            "Key": key,
            "ResponseContentDisposition": f'attachment; filename="{name}"',
        },
        ExpiresIn=seconds,
    )
    return found


def _unless_gone(operation: str, call: Callable[[], Any]) -> bool:
    try:
        with _named(operation):
            call()
    except ServiceError as error:
        if error.code not in GONE:
            raise
        return False
    return True


@contextmanager
def _named(operation: str) -> Iterator[None]:
    """Raise what S3 or the way there answers as errors of ours."""
    try:
        yield
    except ClientError as error:
        found: dict[str, Any] = dict(error.response)
        status = found.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        why = found.get("Error", {})
        raise ServiceError(why.get("Code", ""), why.get("Message", ""), status, found) from error
    except BotoCoreError as error:
        raise Lost(f"{operation}: {error!r}") from error


@cache
def _s3() -> Any:
    config = Config(
        signature_version="s3v4",
        connect_timeout=CONNECT_TIMEOUT_S,
        read_timeout=READ_TIMEOUT_S,
        retries={"mode": "standard", "max_attempts": 4},
    )
    return boto3.session.Session().client("s3", config=config)
