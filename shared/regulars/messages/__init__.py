"""Notifications: what there is to say, to whom, whether it may be sent, and how it leaves.

A kind is one module in `kinds/`, a channel one in `channels/`. What gives occasion to them is seen
by `jobs`; pages ask for one by `notify`.
"""
