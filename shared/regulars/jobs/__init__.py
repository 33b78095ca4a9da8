"""What runs without anybody waiting: hourly schedules, the stream, the queues.

Every job can run twice, late, or beside itself. Called by the functions, and by the sandbox whose
clock is moved; what is booked is booked by `actions` and `store`.
"""
