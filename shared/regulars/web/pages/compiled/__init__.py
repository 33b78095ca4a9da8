"""Templates as Python, made by `scripts/templates`."""
