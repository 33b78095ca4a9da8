"""Who polls waits briefly while something happens, and is woken when it begins to."""

import threading
import time

import pytest

from local import pace

LATE_S = pace.IDLE_POLL_S / 2


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> pace.Pace:
    """Nothing has happened for long."""
    monkeypatch.setattr(pace, "BUSY_S", 0.0)
    return pace.Pace()


def waited(of: pace.Pace, stopping: threading.Event) -> float:
    began = time.monotonic()
    of.wait(stopping)
    return time.monotonic() - began


def test_a_call_wakes_all_who_wait(quiet: pace.Pace) -> None:
    stopping = threading.Event()
    took: list[float] = []
    threads = [
        threading.Thread(target=lambda: took.append(waited(quiet, stopping))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    time.sleep(0.1)
    assert took == [], "nothing has happened yet"
    quiet.touch()
    for thread in threads:
        thread.join(LATE_S)
    assert len(took) == 3
    assert max(took) < LATE_S


def test_after_a_call_one_looks_often(quiet: pace.Pace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "BUSY_S", 60.0)
    quiet.touch()
    assert waited(quiet, threading.Event()) < LATE_S


def test_nobody_waits_for_a_stack_that_stops(quiet: pace.Pace) -> None:
    stopping = threading.Event()
    stopping.set()
    assert waited(quiet, stopping) < LATE_S
