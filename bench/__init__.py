"""Measures the budgets; `make bench`."""

import sys
from pathlib import Path

# What pytest and mypy are told in pyproject.toml, `python -m bench` has to tell itself.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "shared"))
