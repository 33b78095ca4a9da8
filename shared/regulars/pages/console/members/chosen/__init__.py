"""What is done for several members at once: chosen in the list, looked at, done, taken back."""
