"""Puts a mutant into modules that are loaded already, or in place of one that is not yet."""

from __future__ import annotations

import importlib.abc
import importlib.util
import sys
from collections.abc import Iterator, Sequence
from importlib.machinery import ModuleSpec
from types import FunctionType, ModuleType
from typing import Any

from tests.mutation.mutants import Mutant


class Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports a mutant's source in place of the module's own."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The mutant, when its module is asked for."""
        if fullname != self._mutant.module:
            return None
        return importlib.util.spec_from_loader(fullname, self, origin=str(self._mutant.path))

    def exec_module(self, module: ModuleType) -> None:
        """Run the changed source."""
        exec(_compiled(self._mutant), module.__dict__)  # noqa: S102 - the mutant


def swap(mutant: Mutant) -> bool:
    """Give the functions of a loaded module the code of the mutant.

    Returns False when that cannot be done, or when it might not show: the change is in a value that
    was made when the module was loaded.
    """
    module = sys.modules.get(mutant.module)
    if module is None:
        return False
    changed: dict[str, Any] = {"__name__": module.__name__}
    exec(_compiled(mutant), changed)  # noqa: S102 - the mutant
    before = dict(_functions(vars(module), module.__name__))
    after = dict(_functions(changed, module.__name__))
    if before.keys() != after.keys():
        return False
    found = False
    for name, function in before.items():
        other = after[name]
        found = found or function.__code__.co_code != other.__code__.co_code
        found = found or function.__code__.co_consts != other.__code__.co_consts
        found = found or function.__code__.co_names != other.__code__.co_names
        if function.__code__.co_freevars != other.__code__.co_freevars:
            return False
        function.__code__ = other.__code__
        function.__defaults__ = other.__defaults__
        function.__kwdefaults__ = other.__kwdefaults__
    return found


def _compiled(mutant: Mutant) -> Any:
    return compile(mutant.source, str(mutant.path), "exec")


def _functions(names: dict[str, Any], module: str) -> Iterator[tuple[str, FunctionType]]:
    """The functions that a module defines, its methods and properties included."""
    for name, value in names.items():
        if getattr(value, "__module__", "") != module:
            continue
        if isinstance(value, type):
            for inner, part in vars(value).items():
                function = part.fget if isinstance(part, property) else part
                if isinstance(function, FunctionType) and function.__module__ == module:
                    yield f"{name}.{inner}", function
        else:
            function = getattr(value, "__wrapped__", value)
            if isinstance(function, FunctionType):
                yield name, function
