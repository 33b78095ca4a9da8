"""Pages for the people who run a shop: owners and managers."""
