"""Locations and their opening hours, which are part of the programme."""
