"""Figures of a shop: what they mean (pure), and where they are counted from.

Each figure has one definition, wherever it is shown. Nothing here writes, or knows of pages.
Called by pages, jobs and the API.
"""
