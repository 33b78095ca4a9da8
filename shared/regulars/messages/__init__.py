"""Notifications: what there is to say, to whom, whether it may be sent, and how it leaves.

A kind is one module in `kinds/`, a channel one in `channels/`. `jobs` and
`pages` call `notify`; nothing here books anything on a card.
"""
