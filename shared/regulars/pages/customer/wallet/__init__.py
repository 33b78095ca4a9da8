"""The buttons of the card page that put the card into the wallet of a phone."""
