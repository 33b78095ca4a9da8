"""Signing in to the console: a mail with a link and a code, good once and for 15 minutes."""
