"""How things look: templates, style sheets, colors, QR codes, mails, assets.

What a page says is decided in `pages` and `messages`, which call this. Nothing here reads the
table.
"""
