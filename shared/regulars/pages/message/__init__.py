"""A page that says one thing; also what a refusal looks like to people."""
