"""Campaigns: what runs when, what it did; budgets of surprises, raffles, leaderboards.

A campaign is a part of the programme: it is edited there, and published the same way.
"""
