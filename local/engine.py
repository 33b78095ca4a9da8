"""The DynamoDB engine of this machine: getting it, running it, giving it the table.

Dynoxide is one small native program: it starts in milliseconds and a `kill -9` loses nothing.
Where there is none for the platform, ministack (pure Python, in an environment of its own)
stands in, with a warning. Tests use the same engine:

    with engine.running() as endpoint:
        engine.create_table(endpoint)

Environment: `DYNOXIDE=/path/to/program` uses that program instead of the fetched one.
"""

import base64
import hashlib
import os
import platform
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from local import children, template
from local.aws import AwsError, Client

ROOT = Path(__file__).resolve().parent.parent
TABLE = "regulars-ledger"

_VERSION = "1.2.1"
_PROGRAM = ROOT / ".tools" / f"dynoxide-{_VERSION}" / "dynoxide"
_FILE = "dynoxide.db"
_PACKAGES = {  # (system, machine) -> (npm package, SHA-512 of its tarball)
    ("Linux", "x86_64"): (
        "@dynoxide/linux-x64",
        "sBHqlxJ9ANkLluFkYRfd5r8Y0ApFew4FhOrlhgRAgD4XzEoFOukEo1nuBTQ1+jTtofqwn4NWQ2k0Tn5mNTjgUg==",
    ),
}
_FALLBACK = "ministack"
_FALLBACK_ENVIRONMENT = ROOT / ".venv-ministack"
_FALLBACK_REQUIREMENTS = ROOT / "requirements-ministack.txt"


class EngineError(Exception):
    """No engine can be had or started; the message says what to do."""


def install() -> str:
    """Fetch whatever engine this machine can run, unless it is there; returns its name."""
    if _dynoxide() is not None:
        return f"dynoxide {_VERSION}"
    package = _PACKAGES.get((platform.system(), platform.machine()))
    if package is not None and shutil.which("npm") is not None:
        _fetch_dynoxide(*package)
        return f"dynoxide {_VERSION}"
    _warn_of_fallback()
    install_ministack()
    return _FALLBACK


def install_ministack() -> Path:
    """Fetch ministack, unless it is there; returns its program. Deployments are tested on it."""
    wanted, marker = _FALLBACK_REQUIREMENTS.read_text("utf-8"), _FALLBACK_ENVIRONMENT / ".installed"
    if not marker.exists() or marker.read_text("utf-8") != wanted:
        subprocess.run([sys.executable, "-m", "venv", str(_FALLBACK_ENVIRONMENT)], check=True)
        pip = [str(_FALLBACK_ENVIRONMENT / "bin" / "python"), "-m", "pip", "install", "--quiet"]
        subprocess.run([*pip, "-r", str(_FALLBACK_REQUIREMENTS)], check=True)
        marker.write_text(wanted, "utf-8")
    return _FALLBACK_ENVIRONMENT / "bin" / "ministack"


class Engine:
    """One running engine; `endpoint` is its URL. Start it with `start`, end it with `stop`."""

    def __init__(self, process: subprocess.Popen[bytes], endpoint: str) -> None:
        self._process = process
        self.endpoint = endpoint

    def alive(self) -> bool:
        """Whether the program still runs."""
        return self._process.poll() is None

    def stop(self) -> None:
        """End the program and wait for it."""
        children.stop(self._process)


def start(data: Path | None = None, log: Path | None = None) -> Engine:
    """Start an engine on a free loopback port, its data in the folder `data` or in memory.

    Raises EngineError when none is installed or it does not come up.
    """
    log = log or Path(os.devnull)
    for _ in range(5):  # a port that was free a moment ago can be taken by now
        port = children.free_port()
        engine = Engine(_spawn(port, data, log), f"http://127.0.0.1:{port}")
        if children.wait_until_listening(("127.0.0.1", port), engine.alive, timeout_s=15):
            if data is not None and durable():
                _index_stream(data / _FILE)
            return engine
        engine.stop()
    raise EngineError(f"the DynamoDB engine does not start; its output is in {log}")


def durable() -> bool:
    """Whether the engine of this machine keeps data and stream through a kill -9."""
    return _dynoxide() is not None


@contextmanager
def running(data: Path | None = None) -> Iterator[str]:
    """An engine for the length of a block, in memory or with its file in the folder `data`."""
    engine = start(data)
    try:
        yield engine.endpoint
    finally:
        engine.stop()


def create_table(
    endpoint: str,
    name: str = TABLE,
    template_path: Path = ROOT / "template.yaml",
    *,
    stream: bool = True,
) -> None:
    """Create the table of the template under this name, unless it is there already.

    An engine in memory takes longer for each write the more records the stream has: tests and
    measurements that do not read the stream do without it.
    """
    table = template.load(template_path).table
    create_table_as(endpoint, table if stream else without_stream(table), name)


def without_stream(table: template.Table) -> template.Table:
    """The same table without its stream, for tests and measurements that do not read it."""
    definition = {k: v for k, v in table.definition.items() if k != "StreamSpecification"}
    return replace(table, definition=definition)


def create_table_as(endpoint: str, table: template.Table, name: str) -> None:
    """Create this table under this name, with its stream and its time to live."""
    client = Client("dynamodb", endpoint)
    try:
        client.call("CreateTable", {**table.definition, "TableName": name})
    except AwsError as error:
        if error.code != "ResourceInUseException":
            raise
        return
    if table.ttl_attribute:
        specification = {"AttributeName": table.ttl_attribute, "Enabled": True}
        client.call(
            "UpdateTimeToLive", {"TableName": name, "TimeToLiveSpecification": specification}
        )


def _index_stream(database: Path) -> None:
    """Give the stream the indexes it lacks.

    For each write the engine looks up the highest sequence number, and it keeps every record:
    without an index a write took 1 ms at two thousand records and 5 ms at nine thousand.
    """
    number = "CAST(sequence_number AS INTEGER)"
    with closing(sqlite3.connect(database, timeout=5, isolation_level=None)) as connection:
        for name, columns in (
            ("regulars_next", f"table_name, {number}"),
            ("regulars_shard", f"table_name, shard_id, {number}"),
        ):
            statement = f"CREATE INDEX IF NOT EXISTS {name} ON _stream_records ({columns})"
            connection.execute(statement)


def _spawn(port: int, data: Path | None, log: Path) -> subprocess.Popen[bytes]:
    if data is not None:
        data.mkdir(parents=True, exist_ok=True)
    dynoxide = _dynoxide()
    if dynoxide is not None:
        command = [str(dynoxide), "serve", "--host", "127.0.0.1", "--port", str(port)]
        if data is not None:
            command += ["--db-path", str(data / _FILE)]
        return children.spawn_guarded(command, log, children.clean_environment())
    ministack = _ministack()
    if ministack is None:
        raise EngineError("there is no DynamoDB engine here yet; run `make setup` once")
    _warn_of_fallback()
    environment = children.clean_environment() | {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "SERVICES": "dynamodb,dynamodbstreams",
        "MINISTACK_ACCOUNT_ID": "123456789012",
    }
    if data is not None:
        environment |= {"PERSIST_STATE": "1", "STATE_DIR": str(data / "ministack")}
    return children.spawn_guarded([str(ministack)], log, environment)


def _dynoxide() -> Path | None:
    chosen = os.environ.get("DYNOXIDE")
    if chosen:
        if not os.access(chosen, os.X_OK):
            raise EngineError(f"DYNOXIDE={chosen} is not a program that can be run")
        return Path(chosen)
    return _PROGRAM if _PROGRAM.exists() else None


def _ministack() -> Path | None:
    program = _FALLBACK_ENVIRONMENT / "bin" / "ministack"
    return program if program.exists() else None


def _fetch_dynoxide(package: str, sha512: str) -> None:
    """Let npm fetch the package, check it against the pinned digest, unpack the program."""
    _PROGRAM.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=_PROGRAM.parent) as folder:
        command = ["npm", "pack", "--silent", f"{package}@{_VERSION}", "--pack-destination", folder]
        subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL)
        (tarball,) = Path(folder).glob("*.tgz")
        digest = base64.b64encode(hashlib.sha512(tarball.read_bytes()).digest()).decode()
        if digest != sha512:
            raise EngineError(f"{package}@{_VERSION} is not what it was: its SHA-512 is {digest}")
        with tarfile.open(tarball) as archive:
            member = archive.extractfile("package/dynoxide")
            if member is None:
                raise EngineError(f"{package}@{_VERSION} holds no program")
            unpacked = Path(folder) / "dynoxide"
            unpacked.write_bytes(member.read())
        unpacked.chmod(0o755)
        unpacked.replace(_PROGRAM)  # atomic: two set-ups at once do not disturb each other


def _warn_of_fallback() -> None:
    print(
        f"warning: no dynoxide for this machine; using {_FALLBACK}: "
        "a clean stop keeps the data, a kill -9 loses it",
        file=sys.stderr,
    )


if __name__ == "__main__":
    try:
        print(f"engine: {install()}")
    except (EngineError, subprocess.CalledProcessError) as failure:
        sys.exit(f"engine: {failure}")
