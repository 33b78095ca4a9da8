"""Posters: codes and printed sheets of a shop, drawn, written as SVG, PDF and PNG, and read again.

Nothing leaves here that a scanner could not read from its own picture. Nothing here knows HTTP or
the table; `pages`, `api` and the function `posters` call it. Only here are the libraries of print.
"""
