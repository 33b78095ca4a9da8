"""Figures that exist: what they are, and what is not counted yet."""
