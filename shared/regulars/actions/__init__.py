"""What can be done: one module and one atomic write each, and finding whom it is done to.

An action starts from a `Shop` and knows nothing of HTTP. `api`, `pages`, `jobs` and `messages` call
it; the rules it applies are in `domain`.
"""
