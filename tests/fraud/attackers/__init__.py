"""Attackers, one sort in a file. Each adapts: who is refused tries less, or otherwise."""
