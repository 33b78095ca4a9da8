"""One module for each threat of docs/threats.md: what somebody tries, and that it does not work.

Each attack is tried on the product as it is, and again with the protection taken away: then it has
to work, or the test would hold nothing. See `removal.py`.
"""
