"""Chance from a seed: what the product draws and how long it waits, the same in every run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

from regulars.store import retry


@contextmanager
def governed(chance: Random) -> Iterator[None]:
    """Within the block all entropy comes from the seed, and nobody waits."""
    kept: dict[str, Any] = {"urandom": os.urandom, "sleep": retry.sleep, "fraction": retry.fraction}
    os.urandom = chance.randbytes
    retry.sleep, retry.fraction = (lambda _: None), (lambda: 0.0)
    try:
        yield
    finally:
        os.urandom = kept["urandom"]
        retry.sleep, retry.fraction = kept["sleep"], kept["fraction"]
