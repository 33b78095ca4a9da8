"""Scripts without a suffix, as modules."""

from __future__ import annotations

from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from types import ModuleType

from local.engine import ROOT


def load(name: str) -> ModuleType:
    """A script of `scripts/` as a module."""
    loader = SourceFileLoader(f"{name}_script", str(ROOT / "scripts" / name))
    spec = spec_from_loader(f"{name}_script", loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module
