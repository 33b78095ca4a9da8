"""Objects of S3 on one machine: as AWS keeps them, and still there after a kill."""

import signal
from collections.abc import Callable
from typing import Any

import boto3

from tests.local.conftest import RunningStack, alive, wait_for

BUCKET = "regulars-files"
PART = 5 * 1024 * 1024


def s3(stack: RunningStack) -> Any:
    return boto3.session.Session().client(
        "s3", endpoint_url=stack.environment()["AWS_ENDPOINT_URL"], region_name="us-east-1"
    )


def content(client: Any, key: str) -> bytes:
    body: bytes = client.get_object(Bucket=BUCKET, Key=key)["Body"].read()
    return body


def test_what_was_written_whole_or_in_parts_survives(start: Callable[..., RunningStack]) -> None:
    first = start()
    client = s3(first)
    client.put_object(Bucket=BUCKET, Key="one/small", Body=b"small")
    upload = client.create_multipart_upload(Bucket=BUCKET, Key="one/large")["UploadId"]
    parts = []
    for number, data in ((1, b"a" * PART), (2, b"b")):
        part = client.upload_part(
            Bucket=BUCKET, Key="one/large", UploadId=upload, PartNumber=number, Body=data
        )
        parts.append({"PartNumber": number, "ETag": part["ETag"]})
    client.create_multipart_upload(Bucket=BUCKET, Key="one/unfinished")
    client.complete_multipart_upload(
        Bucket=BUCKET, Key="one/large", UploadId=upload, MultipartUpload={"Parts": parts}
    )
    before = first.children()
    first.stop(signal.SIGKILL)
    wait_for(lambda: not any(alive(pid) for pid in before), "the children to go")

    again = s3(start())
    assert content(again, "one/small") == b"small"
    assert content(again, "one/large") == b"a" * PART + b"b"
    listed = again.list_objects_v2(Bucket=BUCKET)["Contents"]
    assert [one["Key"] for one in listed] == ["one/large", "one/small"]
