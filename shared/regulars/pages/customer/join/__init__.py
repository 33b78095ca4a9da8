"""The join page: one tap, and the card with its first stamp is there."""
