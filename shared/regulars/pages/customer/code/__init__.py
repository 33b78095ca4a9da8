"""Where a code leads that a guest scans: it is put on the card, or on a new one."""
