"""Every hour: owners for whom it is Monday, eight o'clock, get their digest."""

from regulars.jobs import schedules

lambda_handler = schedules.hourly("digest")
