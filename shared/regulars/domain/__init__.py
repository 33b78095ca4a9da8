"""The rules: pure values and functions, no AWS, no clock, no environment."""
