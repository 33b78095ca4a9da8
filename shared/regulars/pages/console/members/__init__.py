"""Members: the list and its views, one member, somebody new, a file."""
