"""Every hour: units, vouchers and members whose day has come are put on the queue of work."""

from regulars.jobs import schedules

lambda_handler = schedules.hourly("expiry")
