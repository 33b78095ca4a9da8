"""All sections, for phones: their bar has room for four."""
