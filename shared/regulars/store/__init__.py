"""The table: keys, items and their conditions, the two clients, and one transaction per change.

No rule is decided here and no programme is read. `program` and all rooms above may call it.
"""
