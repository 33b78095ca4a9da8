"""The page behind the unsubscribe link of every mail."""
