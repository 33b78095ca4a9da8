"""Tills and shops that report their sales: how each is set up, and whether it works."""
