"""Some months of shops with honest guests and with attackers, played through the real handlers and
jobs on a table in memory: how much of what attackers try is blocked, or held before it is redeemed,
and how many honest visits are disturbed.

`make fraud SEEDS=20 FIRST=1001` plays whole quarters; `make test` plays a small piece.

World (`world.py`): time, table, stream, queues, jobs. Shops, phones, the counter, the till: what
everybody does through HTTP. `guests.py` are honest; `attackers/` are not; `owner.py` looks at what
`GET /v1/fraud` answers and at nothing else. `attempts.py` counts in the ledger what attackers got.
"""
