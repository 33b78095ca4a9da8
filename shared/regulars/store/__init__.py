"""The table: keys, items, clients."""
