"""The page behind a link that was mailed to an address which a card claims."""
