"""Codes and printed sheets of a shop, drawn and read again."""

from regulars.api import poster_files
from regulars.http import protocol

lambda_handler = protocol.serve(poster_files.ROUTES)
