"""Random calls by everybody who could make one, at two shops side by side: who may not is refused,
and nobody is answered anything of the other shop.

`make audiences CALLS=100000` makes as many as you like; `make test` makes some.
"""
