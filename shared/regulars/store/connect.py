"""The table of this process, over the lean client or over boto3, made on first use; and where its
key ring is."""

from __future__ import annotations

from functools import cache

from regulars.core import ring
from regulars.core.config import settings
from regulars.store import wire
from regulars.store.table import Table


def _key_ring() -> str:
    """The document of the key ring: a parameter, which `make deploy` makes."""
    return wire.parameter(settings().ring_parameter)


ring.source = _key_ring


@cache
def lean_table() -> Table:
    """For the functions on the path of a scan: no boto3."""
    return Table(settings().table_name, wire.dynamodb())


@cache
def table() -> Table:
    """For everything else."""
    from regulars.store import boto

    return Table(settings().table_name, boto.dynamodb())
