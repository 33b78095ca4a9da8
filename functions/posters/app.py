"""Codes and printed sheets of a shop, drawn and read again."""

from regulars.api import assets, poster_files
from regulars.http import protocol

lambda_handler = protocol.serve({**assets.ROUTES, **poster_files.ROUTES})
