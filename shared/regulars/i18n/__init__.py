"""What people read, in their language: words, plurals, money, dates.

`words(lang)` is the one thing a page or a mail needs. Catalogues are gettext files in this
folder, one per language; formats come from `cldr.py`, a small extract of CLDR that
`scripts/i18n` writes, so that nothing here imports Babel at run time. Every room
above `domain` may call it; it knows nothing of the product.
"""

from regulars.i18n.formats import exponent
from regulars.i18n.negotiate import language
from regulars.i18n.words import Text, UnitNames, Words, languages, words

__all__ = ["Text", "UnitNames", "Words", "exponent", "language", "languages", "words"]
