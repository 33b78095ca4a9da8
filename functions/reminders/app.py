"""Every hour: members who are to be reminded of something are put on the queue of work."""

from regulars.jobs import schedules

lambda_handler = schedules.hourly("reminders")
