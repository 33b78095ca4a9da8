"""The outbox: what has happened in the ledger and somebody must be notified of.

Reads the stream of new entries and changed profiles. Of each entry people are notified once,
whatever the stream repeats: the entry is the occasion. The lists that members stand in are kept
here, too.
"""

from regulars.jobs.batches import stream
from regulars.jobs.outbox import handle

lambda_handler = stream(handle)
