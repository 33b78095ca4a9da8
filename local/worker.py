"""The inside of one function process: what the Lambda runtime is to a handler.

Run as a program, by path, with the standard library only, so that nothing of the local stack is
importable from a function. Speaks length-prefixed JSON over its standard input and output; what
the function prints goes to its log. Ends as soon as its input does, even in the middle of a call,
so that no process is left behind when the stack is killed.
"""

import importlib
import json
import logging
import os
import queue
import struct
import sys
import threading
import time
import traceback
from dataclasses import dataclass
from typing import Any, BinaryIO

_LENGTH = struct.Struct(">I")


@dataclass(frozen=True)
class Context:
    """Lambda's context object, with the names handlers and Powertools read."""

    function_name: str
    memory_limit_in_mb: int
    invoked_function_arn: str
    aws_request_id: str
    deadline_ms: int
    function_version: str = "$LATEST"
    log_stream_name: str = "local"
    identity: None = None
    client_context: None = None

    @property
    def log_group_name(self) -> str:
        """The log group Lambda would write to."""
        return f"/aws/lambda/{self.function_name}"

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the call is ended from outside."""
        return max(0, self.deadline_ms - int(time.time() * 1000))


def read_frame(stream: BinaryIO) -> Any:
    """One message, or None at the end of the stream."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    body = stream.read(length)
    return json.loads(body) if len(body) == length else None


def write_frame(stream: BinaryIO, message: Any) -> None:
    """Write one message and flush it."""
    body = json.dumps(message, separators=(",", ":")).encode()
    stream.write(_LENGTH.pack(len(body)) + body)
    stream.flush()


def _take_over_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Keep the two pipes for ourselves; the function's own output goes where errors go."""
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # a real stream here
    return requests, answers


def _load(handler: str) -> Any:
    module_name, _, attribute = handler.rpartition(".")
    return getattr(importlib.import_module(module_name), attribute)


def _failure(error: BaseException) -> dict[str, Any]:
    """What Lambda answers for an unhandled exception."""
    traceback.print_exception(error)
    return {
        "errorMessage": str(error),
        "errorType": type(error).__name__,
        "stackTrace": traceback.format_tb(error.__traceback__),
    }


def _invoke(function: Any, request: dict[str, Any], settings: dict[str, Any]) -> dict[str, Any]:
    os.environ["_X_AMZN_TRACE_ID"] = request["trace_id"]
    context = Context(
        function_name=settings["name"],
        memory_limit_in_mb=settings["memory_mb"],
        invoked_function_arn=settings["arn"],
        aws_request_id=request["request_id"],
        deadline_ms=request["deadline_ms"],
    )
    try:
        result = function(request["event"], context)
        return {"result": json.loads(json.dumps(result))}
    except Exception as error:  # the runtime's edge: whatever a handler raises is its answer
        return {"error": _failure(error)}


def main() -> None:
    """Load the handler once, then answer calls one at a time until the input ends."""
    requests, answers = _take_over_pipes()
    settings = read_frame(requests)
    if settings is None:
        return
    sys.path[0:1] = settings["path"]  # in place of this file's own folder
    # Lambda installs a root handler before the function is imported.
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    incoming: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def listen() -> None:
        while (frame := read_frame(requests)) is not None:
            incoming.put(frame)
        os._exit(0)  # also out of a running handler: whoever asked is gone

    threading.Thread(target=listen, daemon=True).start()
    try:
        function = _load(settings["handler"])
    except BaseException as error:  # a function that cannot be loaded fails each call, as in Lambda
        write_frame(answers, {"init_error": _failure(error)})
        return
    write_frame(answers, {"ready": True})
    while True:
        request = incoming.get()
        write_frame(answers, _invoke(function, request, settings))


if __name__ == "__main__":
    main()
