"""Stand-ins for AWS services on one machine: moto's server for SQS, SES, SNS, SSM, S3, secrets.

Run as a child: `python -m local.aws_services <state folder | ->`. Prints its port, serves until its
standard input ends. Around moto, which forgets everything at its end, it keeps three things in
files: queued messages until they are deleted (so that an accepted order survives a `kill -9`), a
copy of every mail and text message sent, and finished objects of S3.
"""

import base64
import email
import email.policy
import io
import json
import os
import sqlite3
import sys
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server
from werkzeug.test import create_environ, run_wsgi_app

from local.aws import ACCOUNT, REGION

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
_SES_SEND = "/v2/email/outbound-emails"


class Journal:
    """Queued messages that nobody has deleted yet. `path` is a file or ':memory:'."""

    def __init__(self, path: str) -> None:
        self._lock = threading.Lock()
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=NORMAL")  # a kill loses nothing; a crash of
        # the whole machine may lose the last moments
        self._database.execute(
            "CREATE TABLE IF NOT EXISTS message (id TEXT PRIMARY KEY, queue TEXT, request TEXT)"
        )
        self._receipts: dict[str, str] = {}

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def keep(self, message_id: str, queue: str, request: dict[str, Any]) -> None:
        """Remember a message that was accepted."""
        with self._lock:
            self._database.execute(
                "INSERT OR REPLACE INTO message VALUES (?, ?, ?)",
                (message_id, queue, json.dumps(request)),
            )

    def received(self, receipt: str, message_id: str) -> None:
        """Remember which message a receipt handle stands for."""
        with self._lock:
            self._receipts[receipt] = message_id

    def drop(self, receipt: str) -> None:
        """Forget the message with this receipt handle."""
        with self._lock:
            message_id = self._receipts.pop(receipt, None)
            if message_id is not None:
                self._database.execute("DELETE FROM message WHERE id = ?", (message_id,))

    def waiting(self, queue: str) -> list[dict[str, Any]]:
        """The kept messages of a queue in order of arrival."""
        with self._lock:
            rows = self._database.execute(
                "SELECT request FROM message WHERE queue = ? ORDER BY rowid", (queue,)
            ).fetchall()
            return [json.loads(row[0]) for row in rows]

    def forget(self, queue: str, before_rowid: int) -> None:
        """Delete what `waiting` gave, once it is in the queue again under new ids."""
        with self._lock:
            self._database.execute(
                "DELETE FROM message WHERE queue = ? AND rowid <= ?", (queue, before_rowid)
            )

    def last_rowid(self) -> int:
        """Where the journal ends now."""
        with self._lock:
            row = self._database.execute("SELECT MAX(rowid) FROM message").fetchone()
            return int(row[0] or 0)


class Outbox:
    """Copies of what was sent, one JSON file per message, newest name last."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def keep(self, message: dict[str, Any]) -> None:
        """Write one message."""
        stamp = f"{time.time_ns() // 1_000_000:013d}-{os.urandom(4).hex()}"
        document = {"id": stamp, "at": int(time.time()), **message}
        unfinished = self._folder / f".{stamp}"
        unfinished.write_text(json.dumps(document, ensure_ascii=False, indent=1), "utf-8")
        unfinished.rename(self._folder / f"{stamp}.json")


class Objects:
    """Objects of S3 as files, by bucket and key."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, path: str, content: bytes) -> None:
        """Write an object; `path` is `/bucket/key`."""
        file = self._folder / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_name(f".{file.name}")
        unfinished.write_bytes(content)
        unfinished.rename(file)

    def of(self, bucket: str) -> dict[str, bytes]:
        """The kept objects of a bucket, by path."""
        files = (it for it in (self._folder / bucket).rglob("*") if it.is_file())
        return {
            f"/{file.relative_to(self._folder)}": file.read_bytes()
            for file in files
            if not file.name.startswith(".")
        }


class _Quiet(MotoRequestHandler):
    """Two pollers ask five times a second: no line for each."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


class AwsServices:
    """A WSGI application: moto's, with the journal, the outbox and the objects around it."""

    def __init__(self, journal: Journal, outbox: Outbox, objects: Objects) -> None:
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._journal = journal
        self._outbox = outbox
        self._objects = objects

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length)
        environ["wsgi.input"] = io.BytesIO(body)
        chunks, status, headers = run_wsgi_app(self._moto, environ, buffered=True)
        answer = b"".join(chunks)
        if status.startswith("200"):
            self._note(environ, body, answer)
        start_response(status, list(headers))
        return [answer]

    def _note(self, environ: Environ, body: bytes, answer: bytes) -> None:
        service, _, operation = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")
        if service == "AmazonSQS":
            self._note_queue(operation, json.loads(body), json.loads(answer or b"{}"))
        elif "/s3/aws4_request" in environ.get("HTTP_AUTHORIZATION", ""):
            self._note_object(environ)
        elif environ["PATH_INFO"] == _SES_SEND:
            self._outbox.keep(mail_of(json.loads(body)))
        elif body.startswith(b"Action=Publish&") or b"&Action=Publish&" in body:
            fields = dict(urllib.parse.parse_qsl(body.decode()))
            if "PhoneNumber" in fields:
                self._outbox.keep(
                    {"kind": "sms", "to": [fields["PhoneNumber"]], "text": fields["Message"]}
                )

    def _note_object(self, environ: Environ) -> None:
        """Keep what was written, whole or by finishing its parts; put back what a bucket had."""
        method, path = environ["REQUEST_METHOD"], str(environ["PATH_INFO"])
        asked = urllib.parse.parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)
        bucket, _, key = path.strip("/").partition("/")
        whole = method == "PUT" and "uploadId" not in asked
        if whole and not key:
            for kept, content in self._objects.of(bucket).items():
                self._ask_s3("PUT", kept, content)
        elif key and (whole or (method == "POST" and "uploadId" in asked)):
            self._objects.keep(path, self._ask_s3("GET", path))

    def _ask_s3(self, method: str, path: str, content: bytes = b"") -> bytes:
        signed = f"AWS4-HMAC-SHA256 Credential=local/20200101/{REGION}/s3/aws4_request"
        environ = create_environ(
            path=path, method=method, data=content, headers={"Authorization": signed}
        )
        chunks, status, _ = run_wsgi_app(self._moto, environ, buffered=True)
        answer = b"".join(chunks)
        if not status.startswith("200"):
            print(f"{method} {path}: {status}", file=sys.stderr)
        return answer

    def _note_queue(self, operation: str, asked: dict[str, Any], reported: dict[str, Any]) -> None:
        queue = str(asked.get("QueueUrl", "")).rsplit("/", 1)[-1]
        if operation == "SendMessage":
            self._journal.keep(reported["MessageId"], queue, asked)
        elif operation == "SendMessageBatch":
            ids = {it["Id"]: it["MessageId"] for it in reported.get("Successful", [])}
            for entry in asked["Entries"]:
                if entry["Id"] in ids:
                    single = {key: value for key, value in entry.items() if key != "Id"}
                    request = {**single, "QueueUrl": asked["QueueUrl"]}
                    self._journal.keep(ids[entry["Id"]], queue, request)
        elif operation == "ReceiveMessage":
            for message in reported.get("Messages", []):
                self._journal.received(message["ReceiptHandle"], message["MessageId"])
        elif operation == "DeleteMessage":
            self._journal.drop(asked["ReceiptHandle"])
        elif operation == "DeleteMessageBatch":
            for entry in asked["Entries"]:
                self._journal.drop(entry["ReceiptHandle"])
        elif operation == "CreateQueue":
            self._replay(str(asked["QueueName"]), str(reported["QueueUrl"]))

    def _replay(self, queue: str, url: str) -> None:
        """Put back what was waiting in this queue when the last run ended."""
        last = self._journal.last_rowid()
        for request in self._journal.waiting(queue):
            self._send({**request, "QueueUrl": url})
        self._journal.forget(queue, last)

    def _send(self, request: dict[str, Any]) -> None:
        environ = create_environ(
            path="/",
            method="POST",
            data=json.dumps(request).encode(),
            headers={
                "Content-Type": "application/x-amz-json-1.0",
                "X-Amz-Target": "AmazonSQS.SendMessage",
                "Authorization": (
                    f"AWS4-HMAC-SHA256 Credential=local/20200101/{REGION}/sqs/aws4_request"
                ),
            },
        )
        # Through the front door, so that the message is kept again under its new id.
        list(self(environ, lambda status, headers: None))


def mail_of(request: dict[str, Any]) -> dict[str, Any]:
    """What a reader wants of an SES v2 SendEmail request: from, to, subject, text, html."""
    content = request["Content"]
    destination = request.get("Destination", {})
    to = [*destination.get("ToAddresses", []), *destination.get("CcAddresses", [])]
    mail: dict[str, Any] = {"kind": "email", "from": request.get("FromEmailAddress", ""), "to": to}
    if "Raw" in content:
        raw = base64.b64decode(content["Raw"]["Data"])
        parsed = email.message_from_bytes(raw, policy=email.policy.default)
        plain, html = parsed.get_body(("plain",)), parsed.get_body(("html",))
        return mail | {
            "from": mail["from"] or str(parsed["From"]),
            "to": to or [str(parsed["To"])],
            "subject": str(parsed["Subject"] or ""),
            "text": plain.get_content() if plain else "",
            "html": html.get_content() if html else "",
            "headers": {name: str(value) for name, value in parsed.items()},
        }
    simple = content["Simple"]
    return mail | {
        "subject": simple["Subject"]["Data"],
        "text": simple["Body"].get("Text", {}).get("Data", ""),
        "html": simple["Body"].get("Html", {}).get("Data", ""),
        "headers": {it["Name"]: it["Value"] for it in simple.get("Headers", [])},
    }


def main(state: str) -> None:
    """Serve until standard input ends. `state` is a folder, or '-' for nothing kept."""
    folder = Path(state)
    folder.mkdir(parents=True, exist_ok=True)
    application = AwsServices(
        Journal(str(folder / "queues.db")), Outbox(folder / "mail"), Objects(folder / "objects")
    )
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=_Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.port, flush=True)
    sys.stdin.buffer.read()  # ends with whoever started us
    os._exit(0)


if __name__ == "__main__":
    os.environ["MOTO_ACCOUNT_ID"] = ACCOUNT
    main(sys.argv[1])
