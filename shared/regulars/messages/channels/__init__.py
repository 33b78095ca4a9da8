"""How messages leave: one module for each channel, and the list that a sandbox keeps."""
