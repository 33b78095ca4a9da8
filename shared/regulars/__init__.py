"""Regulars: loyalty for small businesses on one exact ledger."""

__version__ = "0.4.0"
