"""What needs a person: all of it, with what can be done about each."""
