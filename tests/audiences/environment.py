"""The environment of a process that makes calls without pytest."""

from __future__ import annotations

import logging
import os

from regulars.core import config, tokens
from tests.conftest import PLATFORM_KEY, SECRET


def ready() -> None:
    """Set what functions are told, and let them log nothing."""
    os.environ |= {
        "TABLE_NAME": "regulars-ledger",
        "BASE_URL": "https://cards.example",
        "REGULARS_SECRET": SECRET,
        "PLATFORM_KEY_SHA256": tokens.digest(PLATFORM_KEY),
        "ORDERS_QUEUE_URL": "http://localhost/orders",
        "MESSAGES_QUEUE_URL": "http://localhost/messages",
        "POWERTOOLS_SERVICE_NAME": "audiences",
        "POWERTOOLS_LOG_LEVEL": "CRITICAL",
        "AWS_DEFAULT_REGION": "eu-central-1",
    }
    config.settings.cache_clear()
    logging.disable(logging.CRITICAL)
