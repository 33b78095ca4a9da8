"""Function processes: started when needed, kept warm, one call at a time in each."""

import json
import os
import select
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local import children
from local.aws import arn
from local.pace import Pace
from local.template import Function
from local.worker import read_frame, write_frame

MAX_PROCESSES = 4  # per function; more calls wait their turn
INIT_TIMEOUT_S = 10.0  # Lambda's limit for loading a function
MAX_WAIT_S = 29.0  # how long a call waits for a free process: just under the gateway's own limit
_IDLE_S = 300.0  # extra processes nobody needed for so long are let go
_WORKER = Path(__file__).with_name("worker.py")


class FunctionError(Exception):
    """The function raised, could not be loaded, took too long or died. `kind` is Lambda's name."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind


class Busy(Exception):  # noqa: N818 - a fact about the pool, not a failure of the function
    """Every process of the function was taken for as long as a caller may wait."""


@dataclass(frozen=True)
class Blueprint:
    """All a process of one function needs to start."""

    function: Function
    environment: Mapping[str, str]
    log: Path


class Worker:
    """One process of one function. Not safe to share: the pool hands it to one call at a time."""

    def __init__(self, blueprint: Blueprint, generation: float) -> None:
        function = blueprint.function
        self.generation = generation
        self.idle_since = time.monotonic()
        blueprint.log.parent.mkdir(parents=True, exist_ok=True)
        self._process = _spawn(blueprint)
        settings = {
            "name": function.name,
            "arn": arn("lambda", f"function:{function.name}"),
            "memory_mb": function.memory_mb,
            "handler": function.handler,
            "path": [str(function.code), *map(str, function.layers)],
        }
        answer = self._ask(settings, INIT_TIMEOUT_S)
        if "init_error" in answer:
            self.stop()
            raise FunctionError(answer["init_error"]["errorType"], "the function cannot be loaded")

    def invoke(self, event: Any, timeout_s: float, trace_id: str) -> Any:
        """Call the handler; raises FunctionError. After a time-out the process is gone."""
        request = {
            "event": event,
            "request_id": str(uuid.uuid4()),
            "deadline_ms": int((time.time() + timeout_s) * 1000),
            "trace_id": trace_id,
        }
        answer = self._ask(request, timeout_s)
        if "error" in answer:
            raise FunctionError(answer["error"]["errorType"], answer["error"]["errorMessage"])
        return answer["result"]

    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def stop(self) -> None:
        """End the process; it leaves when its input closes."""
        children.stop(self._process, grace_s=1.0)

    def _ask(self, message: Any, timeout_s: float) -> dict[str, Any]:
        """Send one message and read its answer within the time; kills the process otherwise."""
        if self._process.stdin is None or self._process.stdout is None:
            raise AssertionError("a worker is started with both pipes")
        try:
            write_frame(self._process.stdin, message)  # type: ignore[arg-type]  # a pipe is binary
            readable, _, _ = select.select([self._process.stdout], [], [], timeout_s)
            answer = read_frame(self._process.stdout) if readable else None  # type: ignore[arg-type]  # likewise
            timed_out = not readable
        except (OSError, ValueError):  # the process died, or the stack is closing the pipes
            timed_out, answer = False, None
        if answer is not None:
            parsed: dict[str, Any] = answer
            return parsed
        self._process.kill()
        self._process.wait()
        if timed_out:
            raise FunctionError("Sandbox.Timedout", f"Task timed out after {timeout_s:.2f} seconds")
        raise FunctionError("Runtime.ExitError", "the process ended before it answered")


def _spawn(blueprint: Blueprint) -> subprocess.Popen[bytes]:
    code = blueprint.function.code
    if not code.is_dir():
        raise FunctionError("Runtime.ImportModuleError", f"there is no {code}")
    with blueprint.log.open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-I", str(_WORKER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            cwd=code,
            env=dict(blueprint.environment),
            start_new_session=True,
        )


class SourceWatch:
    """Notices edits: a number that changes when any file under some folders did."""

    def __init__(self, folders: Sequence[Path], every_s: float = 1.0) -> None:
        self._folders = [folder for folder in dict.fromkeys(folders) if folder.is_dir()]
        self._every_s = every_s
        self._lock = threading.Lock()
        self._looked = 0.0
        self._generation = 0.0

    def generation(self) -> float:
        """The newest modification time plus the number of files; looked up once a second."""
        with self._lock:
            now = time.monotonic()
            if now - self._looked >= self._every_s:
                self._looked = now
                self._generation = sum(_newest_and_count(it) for it in self._folders)
            return self._generation


def _newest_and_count(folder: Path) -> float:
    newest, count = 0.0, 0
    for place, folders, files in os.walk(folder):
        folders[:] = [it for it in folders if it != "__pycache__"]
        count += len(files)
        for name in files:
            try:
                newest = max(newest, os.stat(os.path.join(place, name)).st_mtime)  # noqa: PTH116, PTH118 - Path objects cost 4 x here
            except FileNotFoundError:
                continue  # an editor's temporary file
    return newest + count


class Pool:
    """The processes of one function."""

    def __init__(self, blueprint: Blueprint, watch: SourceWatch, pace: Pace) -> None:
        self._blueprint = blueprint
        self._pace = pace
        self._watch = watch
        reserved = blueprint.function.reserved_concurrency
        self._max = MAX_PROCESSES if not reserved else min(MAX_PROCESSES, reserved)
        self._changed = threading.Condition()
        self._idle: list[Worker] = []
        self._count = 0
        self._closed = False
        self._workers: set[Worker] = set()

    def invoke(self, event: Any, *, trace_id: str | None = None) -> Any:
        """Call the function with this event; returns what it returned.

        Raises FunctionError when the function failed, Busy when no process got free in time.
        """
        trace_id = trace_id or new_trace_id()
        worker = self._acquire()
        try:
            return worker.invoke(event, self._blueprint.function.timeout_s, trace_id)
        finally:
            self._release(worker)
            self._pace.touch()

    def trim(self) -> None:
        """Let go of all but one of the processes that had nothing to do for a while."""
        now = time.monotonic()
        with self._changed:
            old = [it for it in self._idle if now - it.idle_since > _IDLE_S]
            spare = old[: max(0, self._count - 1)]
            for worker in spare:
                self._forget(worker)
        for worker in spare:
            worker.stop()

    def close(self, grace_s: float = 2.0) -> None:
        """Take no more calls, let those under way finish for a moment, stop every process."""
        with self._changed:
            self._closed = True
            workers = list(self._workers)
            self._changed.notify_all()
            self._changed.wait_for(lambda: len(self._idle) == self._count, grace_s)
        for worker in workers:
            worker.stop()

    def _acquire(self) -> Worker:
        generation = self._watch.generation()
        deadline = time.monotonic() + MAX_WAIT_S
        stale: list[Worker] = []
        with self._changed:
            while True:
                if self._closed:
                    raise Busy("the stack is stopping")
                stale += [it for it in self._idle if it.generation != generation or not it.alive()]
                for worker in [it for it in stale if it in self._workers]:
                    self._forget(worker)
                if self._idle:
                    return self._idle.pop()  # the warmest one
                if self._count < self._max:
                    self._count += 1
                    break
                if not self._changed.wait(deadline - time.monotonic()):
                    raise Busy(f"all processes of {self._blueprint.function.verb} are taken")
        for worker in stale:
            worker.stop()
        return self._start(generation)

    def _start(self, generation: float) -> Worker:
        try:
            worker = Worker(self._blueprint, generation)
        except BaseException:
            with self._changed:
                self._count -= 1
                self._changed.notify()
            raise
        with self._changed:
            self._workers.add(worker)
            if not self._closed:
                return worker
            self._forget(worker)
        worker.stop()
        raise Busy("the stack is stopping")

    def _release(self, worker: Worker) -> None:
        worker.idle_since = time.monotonic()
        with self._changed:
            if worker.alive() and not self._closed:
                self._idle.append(worker)
            else:
                self._forget(worker)
            self._changed.notify()

    def _forget(self, worker: Worker) -> None:
        """Take a process off the books; the caller holds the lock."""
        if worker in self._workers:
            self._workers.remove(worker)
            self._count -= 1
        if worker in self._idle:
            self._idle.remove(worker)


def new_trace_id() -> str:
    """A root trace header of X-Ray's form."""
    unique = uuid.uuid4().hex
    return f"Root=1-{int(time.time()):08x}-{unique[:24]};Parent={unique[16:]};Sampled=0"


Invoke = Callable[[Any], Any]


def lambda_environment(function: Function, variables: Mapping[str, str]) -> dict[str, str]:
    """The environment of one function: what Lambda sets, then its own variables."""
    return {
        **children.clean_environment(),
        "TZ": "UTC",
        "NO_PROXY": "127.0.0.1,localhost",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_SESSION_TOKEN": "local",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_mb),
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{function.name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": "local",
        "LAMBDA_TASK_ROOT": str(function.code),
        "_HANDLER": function.handler,
        **variables,
    }


def environment_of(
    function: Function, resolve: Callable[[Any, str], Any], overrides: Mapping[str, str]
) -> dict[str, str]:
    """A function's variables with local values; `overrides` win and are never resolved."""
    own = {
        name: str(resolve(value, f"{function.logical_id}.Environment.{name}"))
        for name, value in function.environment.items()
        if name not in overrides and value != {"Ref": "AWS::NoValue"}
    }
    return {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in {**own, **overrides}.items()
    }
