"""What runs on schedules, streams and queues."""
