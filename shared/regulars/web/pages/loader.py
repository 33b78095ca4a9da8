"""Where templates come from: modules compiled beforehand, or the source where those are older."""

import hashlib
from collections.abc import Callable, MutableMapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from jinja2 import BaseLoader, Environment, Template, TemplateNotFound

_FOLDER: Final = Path(__file__).parent
_PACKAGE: Final = "regulars.web.pages.compiled"


class Loader(BaseLoader):
    """Loads the compiled module of a template when it was made of the template as it is now."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        """The source text; TemplateNotFound when there is none."""
        try:
            text = (self._folder / template).read_text("utf-8")
        except OSError as error:
            raise TemplateNotFound(template) from error
        return text, None, None

    def load(
        self,
        environment: Environment,
        name: str,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002 - Jinja2 names it so
    ) -> Template:
        """The template `name`, compiled now only when nobody did it before."""
        text, _, _ = self.get_source(environment, name)
        try:
            module = import_module(f"{_PACKAGE}.{_stem(name)}")
        except ModuleNotFoundError:
            return super().load(environment, name, globals)
        if module.digest != digest(text):
            return super().load(environment, name, globals)
        return environment.template_class.from_module_dict(
            environment, module.__dict__, globals if globals is not None else {}
        )


def path(name: str) -> Path:
    """Where the compiled module of the template `name` is kept."""
    return _FOLDER / "compiled" / f"{_stem(name)}.py"


def digest(text: str) -> str:
    """What ties a compiled module to its template."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _stem(name: str) -> str:
    return name.replace(".", "_").replace("-", "_")
