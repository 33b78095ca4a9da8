"""One module for each till or shop; see `registry.Till` for what it must have."""
