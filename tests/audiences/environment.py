"""The environment of a process that makes calls without pytest."""

from __future__ import annotations

import logging
import os

from regulars.core import config, ring, tokens
from tests.conftest import PLATFORM_KEY, RING


def ready() -> None:
    """Set what functions are told, and let them log nothing."""
    ring.source = lambda: RING
    os.environ |= {
        "TABLE_NAME": "regulars-ledger",
        "BASE_URL": "https://cards.example",
        "RING_PARAMETER": "/audiences/ring",
        "PLATFORM_KEY_SHA256": tokens.digest(PLATFORM_KEY),
        "ORDERS_QUEUE_URL": "http://localhost/orders",
        "MESSAGES_QUEUE_URL": "http://localhost/messages",
        "MAIL_FROM": "cards@regulars.example",
        "WORK_QUEUE_URL": "http://localhost/work",
        "POWERTOOLS_SERVICE_NAME": "audiences",
        "POWERTOOLS_METRICS_DISABLED": "true",
        "POWERTOOLS_LOG_LEVEL": "CRITICAL",
        "AWS_DEFAULT_REGION": "eu-central-1",
    }
    config.settings.cache_clear()
    logging.disable(logging.CRITICAL)
