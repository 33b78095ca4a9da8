"""Every hour: units and vouchers that have expired are booked out."""

from regulars.jobs import schedules

lambda_handler = schedules.hourly("expiry")
