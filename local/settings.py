"""How one copy of the stack is told what to do, and where it keeps what it must remember."""

import fcntl
import hashlib
import json
import os
import secrets
import shutil
import socket
from collections.abc import Container, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parent.parent
LOOPBACK = "127.0.0.1"


class SettingsError(Exception):
    """The stack cannot start like this; the message says what to change."""


@dataclass(frozen=True)
class Settings:
    """What the environment says; `state` is the folder for everything that is kept."""

    host: str
    port: int
    base_url: str  # '' = the address we serve at
    in_memory: bool
    demo: bool
    state: Path
    template: Path
    parent: int = 0  # stop when this process is no longer our parent; 0 = run on without it

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Read PORT, HOST, BASE_URL, DATA, DEMO, STATE_DIR, TEMPLATE, STOP_WITH_PARENT."""
        port = environment.get("PORT") or "8000"
        if not port.isdigit() or int(port) > 65535:
            raise SettingsError(f"PORT={port} is no port")
        data = environment.get("DATA") or "file"
        if data not in ("file", "memory"):
            raise SettingsError(f"DATA={data}: choose file or memory")
        return cls(
            host=environment.get("HOST") or LOOPBACK,
            port=int(port),
            base_url=(environment.get("BASE_URL") or "").rstrip("/"),
            in_memory=data == "memory",
            demo=environment.get("DEMO", "1") != "0",
            state=Path(environment.get("STATE_DIR") or ROOT / ".local").resolve(),
            template=Path(environment.get("TEMPLATE") or ROOT / "template.yaml").resolve(),
            parent=os.getppid() if environment.get("STOP_WITH_PARENT") else 0,
        )

    def kept(self) -> Path:
        """Where this run keeps its data: the state folder, or one that `memory` runs empty."""
        return self.state / "memory" if self.in_memory else self.state

    def prepare(self) -> None:
        """Make the folders, for our eyes only."""
        self.state.mkdir(parents=True, exist_ok=True, mode=0o700)
        (self.state / "logs").mkdir(exist_ok=True)

    def clear_memory(self) -> None:
        """Forget what runs in memory kept; call it only with the lock held."""
        shutil.rmtree(self.state / "memory", ignore_errors=True)
        if self.in_memory:
            self.kept().mkdir()

    def public_url(self, port: int) -> str:
        """The address in links: given, or ours - for `HOST=0.0.0.0` one that a phone can open."""
        if self.base_url:
            return self.base_url
        own = self.host in (LOOPBACK, "localhost")
        return f"http://{self.host if own else _network_address()}:{port}"

    def own_url(self, port: int) -> str:
        """The address at which this machine opens it; passkeys need the name `localhost`."""
        return f"http://{'localhost' if self.host == 'localhost' else LOOPBACK}:{port}"


@dataclass(frozen=True)
class Secrets:
    """Made once, kept in a file that only we can read."""

    ring: str
    """The document of the key ring."""
    platform_key: str

    @property
    def platform_key_sha256(self) -> str:
        """What the functions know of the platform key."""
        return hashlib.sha256(self.platform_key.encode()).hexdigest()

    @classmethod
    def kept_in(cls, folder: Path) -> "Secrets":
        """Those of the folder; new ones the first time. A folder of before there was a ring has one
        secret, which becomes the first key: what was made with it goes on."""
        path = folder / "secrets.json"
        kept = json.loads(path.read_text("utf-8")) if path.exists() else {}
        if "ring" not in kept:
            first = kept.get("secret") or secrets.token_urlsafe(48)
            platform_key = kept.get("platform_key") or f"rk_platform_{secrets.token_urlsafe(32)}"
            ring = {"base": "k001", "current": "k001", "since": 0, "keys": {"k001": first}}
            kept = {"ring": ring, "platform_key": platform_key}
            write_private(path, kept)
        return cls(json.dumps(kept["ring"]), kept["platform_key"])


def certificates_in(folder: Path) -> dict[str, str]:
    """The certificates of wallets that `scripts/wallet` has put into a folder, by name."""
    return {file.stem: file.read_text("utf-8") for file in sorted(folder.glob("*.json"))}


WALLETS = ("apple", "google")


def wallets_with(certificates: Container[str]) -> str:
    """The value of the template's parameter `Wallets` for the wallets that have certificates."""
    has = [name for name in WALLETS if name in certificates]
    return "both" if has == [*WALLETS] else "".join(has) or "none"


def write_private(path: Path, document: Mapping[str, Any]) -> None:
    """Write JSON that only this user can read, all of it or nothing."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(document, file, ensure_ascii=False, indent=2)
        file.write("\n")
    unfinished.replace(path)


def lock(folder: Path) -> IO[str]:
    """Make sure that one stack runs per state folder; keep the answer open for as long.

    Raises SettingsError when another one has it. The lock goes with its process, however it ends.
    """
    file = (folder / "lock").open("a+", encoding="utf-8")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        owner = file.read().strip() or "unknown"
        file.close()
        raise SettingsError(
            f"a stack already runs here (process {owner}); stop it first, or give this one a "
            "folder of its own with STATE_DIR=…"
        ) from None
    file.seek(0)
    file.truncate()
    file.write(str(os.getpid()))
    file.flush()
    return file


def _network_address() -> str:
    """This machine's address in its network; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address for documentation, never reached
            address: str = probe.getsockname()[0]
        except OSError:
            return LOOPBACK
    return address
