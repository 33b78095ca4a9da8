"""The page on which members see and change what is known of them, and leave."""
