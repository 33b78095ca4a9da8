"""The link that enrols a device of the counter: a page with a button, which uses the link up."""
