"""Bringing members in from a file."""
