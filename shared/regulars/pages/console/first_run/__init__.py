"""The first run: what is sold, how the card looks, a device for the counter, the poster."""
