"""Which tests one process runs one after the other, where several processes share the work."""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling

TOGETHER = (
    "tests/artifact/test_release.py",
    "tests/deploy/",
    "tests/e2e/",
    "tests/local/",
    "tests/unit/pages/test_card_in_browser.py",
    "tests/unit/pages/test_in_browser.py",
)
"""Files whose tests share what takes long to start: a product, a stack, a server of pages."""


class Scheduling(LoadScopeScheduling):  # type: ignore[misc]  # it has no types
    """Gives those files to one process each, and every other test to whoever is free."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return file if file.startswith(TOGETHER) else nodeid
