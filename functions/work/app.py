"""What was planned is done: pages of what is due, from the queue of work."""

from regulars.jobs import working

lambda_handler = working.lambda_handler
