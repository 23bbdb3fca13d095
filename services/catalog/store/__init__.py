"""All SQL of the catalog, by aggregate. Takes domain arguments, returns domain objects."""
