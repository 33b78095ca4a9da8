"""Today: what happened, what waits, what to do next. The first page of the console."""
