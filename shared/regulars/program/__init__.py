"""A programme as owners write it: fields, limits, checks, templates; and a merchant's own in force.

This is the only place where a field of the document is written down. What a programme does is
decided in `domain`. Everybody above `store` may call it; `load` and `shop` are free of pydantic.
"""
