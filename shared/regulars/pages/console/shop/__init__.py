"""The shop itself: its name, who answers for the data, when nobody is written to."""
