"""All SQL of refunds."""
