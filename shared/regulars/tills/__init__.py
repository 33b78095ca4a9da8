"""What tills and shops send, read into sales and refunds."""
