"""Posters: chosen, looked at as they are printed, and fetched; and what each source has brought."""
