"""The SQL of the catalog, by aggregate. Takes and returns values, never API models."""
