"""Every hour: merchants whose digest, root or look for fraud is due go on the queue of work."""

from regulars.jobs import schedules

lambda_handler = schedules.hourly("digest")
