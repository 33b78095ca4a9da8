"""What tills and shops send, read into sales and refunds.

A provider is a module with `verify(hook, headers, body, now_s) -> bool` over the raw bytes, and
`read(event) -> Event` on the parsed body. Nothing here touches the table.
"""

from __future__ import annotations

PROVIDERS = ("generic", "square")
"""The tills and shops whose events are understood."""
