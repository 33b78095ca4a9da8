"""Domain values as JSON and words, one module for each audience.

`integration` is what an API key sees, `counter` what the counter's screen shows, `customer` what a
member sees of the own card. Nothing is read or written here; rooms above call it.
"""
