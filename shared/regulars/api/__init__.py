"""The resources of the HTTP API that are not on the path of a scan, one module each."""
