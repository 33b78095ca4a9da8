"""Every hour: members who lack one visit to a reward are reminded."""

from regulars.jobs import schedules

lambda_handler = schedules.hourly("reminders")
