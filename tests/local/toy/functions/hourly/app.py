"""A job that fails as long as a file says so."""

import os
from pathlib import Path
from typing import Any

from toyshare import note


def lambda_handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    note("runs", event)
    if (Path(os.environ["LAMBDA_TASK_ROOT"]).parent.parent / "broken").exists():
        raise RuntimeError("broken")
    return {"done": 1}
