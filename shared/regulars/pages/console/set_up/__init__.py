"""The first merchant of an installation, created in the browser with the set-up code."""
