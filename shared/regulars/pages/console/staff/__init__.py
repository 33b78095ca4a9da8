"""Staff and devices: who works here, on what, with which limits."""
