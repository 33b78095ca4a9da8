"""Members from a file of somebody else's: reading it, what a line asks for, doing it, undoing it.

`reading`, `columns`, `values` and `lines` are pure: bytes and cells in, wishes and mistakes out.
`act` and `undo` do one line; nothing here goes along a file. Called by the API and by jobs.
"""
