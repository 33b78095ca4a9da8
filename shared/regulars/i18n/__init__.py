"""Languages: catalogues, plurals, dates and money."""
