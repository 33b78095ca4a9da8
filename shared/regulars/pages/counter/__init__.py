"""Pages for people at the counter."""
