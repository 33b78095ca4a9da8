"""Messages: which are sent when, in which words, and what was sent."""
