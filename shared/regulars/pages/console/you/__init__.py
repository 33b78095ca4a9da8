"""Who is here: their language, their passkeys, the way out."""
