"""What tills and shops send, read into sales and refunds.

A provider is one module in `providers/`, found by its name (`registry.py`), with what `Till` asks
for. Nothing here touches a card; only `hooks.py` reads the table, for a hook's settings. `api` and
`jobs` call it.
"""
