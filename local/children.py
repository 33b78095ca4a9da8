"""Child processes that cannot outlive us, not even when we are killed with -9.

Every child holds the reading end of a pipe whose only writing end is ours. When we end, in
whatever way, the pipe closes and the child goes. Python children watch the pipe themselves; a
foreign binary is watched by a two-line shell guard.
"""

import contextlib
import os
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

# The guard forks a watcher and *becomes* the program, so that the child's pid is the program's.
# `$$` in the watcher is still the pid of the program.
_GUARD = 'exec 3<&0; { read -r _ <&3; kill -TERM $$; } & exec "$@" 3<&- </dev/null'


def spawn_guarded(
    command: Sequence[str], log: Path, env: dict[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Start a foreign program that ends when this process ends; its output goes to `log`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return subprocess.Popen(
            ["/bin/sh", "-c", _GUARD, "guard", *command],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            env=env,
            start_new_session=True,  # Ctrl-C is for us alone; we stop the children in order
        )


def stop(process: subprocess.Popen[bytes], grace_s: float = 5.0) -> None:
    """Close the child's pipe, wait, and kill it when it does not go."""
    if process.stdin is not None:
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
    try:
        process.wait(grace_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def free_port(host: str = "127.0.0.1") -> int:
    """A TCP port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
    return port


def wait_until_listening(
    address: tuple[str, int], alive: Callable[[], bool], timeout_s: float
) -> bool:
    """True as soon as something accepts connections there; False when it died or took too long."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline and alive():
        try:
            with socket.create_connection(address, timeout=0.5):
                return True
        except OSError:
            time.sleep(0.002)
    return False


def clean_environment() -> dict[str, str]:
    """What a child gets of our environment: enough to run, nothing that configures it."""
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")
    return {name: os.environ[name] for name in kept if name in os.environ}
