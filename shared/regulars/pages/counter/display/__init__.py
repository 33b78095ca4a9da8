"""The display on the counter: a tablet whose code turns over."""
