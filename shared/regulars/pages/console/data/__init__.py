"""Data: taking it out and bringing it in, the sandbox, closing the shop."""
