"""Every hour: of a merchant that was closed an archive is made, and at the end nobody is left."""

from regulars.jobs import schedules

lambda_handler = schedules.hourly_at_once("close")
