"""Settings of a function, read from its environment on first use, never at import."""

from __future__ import annotations

import os
from functools import cache
from typing import NamedTuple


class Settings(NamedTuple):
    """What the template tells a function. Which ones a function has is in `template.yaml`."""

    table_name: str
    base_url: str
    """The public origin, without a slash at the end."""
    ring_parameter: str
    """The name of the parameter that holds the key ring (`ring.py`)."""
    platform_key_sha256: str
    orders_queue_url: str
    messages_queue_url: str
    work_queue_url: str
    mail_from: str
    archive_bucket: str
    """Where the archives of closed merchants lie."""
    mail_configuration: str
    """The configuration set of SES by which mails are sent; '' for none."""
    wallets: tuple[str, ...]
    """The wallets of phones that there are certificates for: `apple`, `google`, both or none."""
    wallet_parameters: str
    """What the names of the parameters begin with that hold these certificates."""


WALLETS = {"none": (), "apple": ("apple",), "google": ("google",), "both": ("apple", "google")}


def learn_origin(domain: str) -> None:
    """Where the API is, for functions that the template cannot tell it: a function behind the API
    would refer to what refers to it. The API's own requests name their domain."""
    if not os.environ.get("BASE_URL"):
        os.environ["BASE_URL"] = f"https://{domain}"
        settings.cache_clear()


@cache
def settings() -> Settings:
    """The settings of this process. Raises KeyError naming a variable the template forgot."""
    return Settings(
        table_name=os.environ["TABLE_NAME"],
        base_url=os.environ.get("BASE_URL", "").rstrip("/"),
        ring_parameter=os.environ["RING_PARAMETER"],
        platform_key_sha256=os.environ.get("PLATFORM_KEY_SHA256", ""),
        orders_queue_url=os.environ.get("ORDERS_QUEUE_URL", ""),
        messages_queue_url=os.environ.get("MESSAGES_QUEUE_URL", ""),
        work_queue_url=os.environ.get("WORK_QUEUE_URL", ""),
        mail_from=os.environ.get("MAIL_FROM", ""),
        archive_bucket=os.environ.get("ARCHIVE_BUCKET", ""),
        mail_configuration=os.environ.get("MAIL_CONFIGURATION", ""),
        wallets=WALLETS[os.environ.get("WALLETS") or "none"],
        wallet_parameters=os.environ.get("WALLET_PARAMETERS", ""),
    )
