"""API keys: for tills, agencies and tools; and webhooks out, when there are any."""
