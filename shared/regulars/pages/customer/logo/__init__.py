"""A shop's logo as a file, for its pages and mails."""
