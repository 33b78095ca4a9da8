"""The HTTP API: routes, request and answer models, and one module for each resource.

A handler gathers, decides through an action, and answers. Called by the functions alone. The
modules that a scan waits for (`earning`, `redeeming`, `gifts`, `till_events`) do without pydantic.
"""
