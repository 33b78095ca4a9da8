"""Who is at the counter: people choose their name on an enrolled device, and sign out."""
