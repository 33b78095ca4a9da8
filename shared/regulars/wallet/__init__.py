"""A card's pass in the wallet of a phone: what it says, its pictures and its signature, and how
Apple and Google are told that it changed.

What a pass says is computed from the card alone (`content.py`); the rest writes it down in the form
of one company. Nothing here books anything or decides who may have a pass; `pages`, `api` and
`jobs` call it. Only here are the libraries that sign and that speak HTTP to these companies.
"""
