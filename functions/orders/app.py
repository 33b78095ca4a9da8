"""The orders queue: events of tills become entries on cards.

Every event can come again, late or out of order. What cannot be read or booked fails its message
alone: it is tried again and ends in the dead-letter queue, from which it can be re-driven.
"""

from regulars.jobs.batches import queue
from regulars.jobs.orders import process

lambda_handler = queue(process)
