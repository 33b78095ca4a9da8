"""The page at the address of the installation itself, for whoever typed that."""
