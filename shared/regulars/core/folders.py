"""Names found in a folder: what is added there as a file is known without being listed."""

from __future__ import annotations

from pathlib import Path


def modules(folder: Path) -> tuple[str, ...]:
    """Return the names of a package's modules, in alphabetical order."""
    return tuple(sorted(path.stem for path in folder.glob("[a-z]*.py")))
