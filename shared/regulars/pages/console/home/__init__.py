"""Where the console begins: who is signed in, at which shop."""
