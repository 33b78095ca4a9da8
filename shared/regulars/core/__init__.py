"""What every room needs and no rule does: settings, the clock, tokens, contacts, checks, the log.

Nothing here knows the table, HTTP or a programme. Everybody above may call it; it calls `domain`.
"""
