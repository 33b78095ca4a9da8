"""A member at the console."""
