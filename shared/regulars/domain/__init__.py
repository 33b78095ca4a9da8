"""The rules: programme, card, ledger, tiers, refunds - pure values and functions.

No AWS, no clock, no environment, no randomness: time, ids and entropy come in as values. Every room
may call it; it calls nothing but itself.
"""
