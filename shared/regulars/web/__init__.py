"""HTTP: events, answers, credentials, pages."""
