"""What every page of the console shares: who is here, how the API is asked, forms, and the frame
around a page (sections, sandbox bar, notices)."""
