"""The console: where owners and managers look after their shop. Called by the function `console`.

Each folder is one area; `frame/` is what all of them share. The console is a client of the API in
the same process: it asks the API's own handlers and has no logic of its own.
"""
