"""SQL of orders that join accounts."""
