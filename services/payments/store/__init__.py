"""All SQL of payments, by aggregate."""
