"""A programme that is published again and again, as the table keeps it: each version with what the
ones before left behind."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import count
from typing import Any
from zlib import compress

from regulars.domain.program import Program
from regulars.program import check
from regulars.program.load import following, program_of
from regulars.store.marshal import Item

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
BASE = {"name": "Shop", "currency": "EUR", "timezone": "Europe/Budapest", "languages": ["en"]}


_merchants = count()


class Versions:
    """The versions of one programme, the newest in force."""

    def __init__(self, **sections: Any) -> None:
        self.pk = f"M#{next(_merchants)}"  # the product remembers what it has read
        self._put(1, check.check({**BASE, **sections}), {})

    def publish(self, **sections: Any) -> Program:
        """Publish a document with these sections and nothing else."""
        document = check.check({**BASE, **sections})
        version = self.item["version"] + 1
        _, left = following(self.item, document, version, NOW)
        return self._put(version, document, left)

    def _put(self, version: int, document: dict[str, Any], left: dict[str, Any]) -> Program:
        self.item: Item = {
            "PK": self.pk, "SK": "PROGRAM", "version": version, "published": 0,
            "document": compress(json.dumps(document).encode()),
        }  # fmt: skip
        if left:
            self.item["past"] = compress(json.dumps(left).encode())
        self.program = program_of(self.item)
        return self.program
