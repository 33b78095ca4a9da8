"""The page behind a link that was mailed: to an address which a card claims, or to one that is
confirmed, as the way to the card."""
