"""The messages queue: mails leave through SES, each at most once (twice if we die in between)."""

from regulars.jobs.batches import queue
from regulars.jobs.messages import deliver_queued, given_up

lambda_handler = queue(deliver_queued, given_up)
