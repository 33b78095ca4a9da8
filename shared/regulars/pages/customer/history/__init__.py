"""Everything that happened on a card, month by month."""
