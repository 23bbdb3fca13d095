"""How orders join accounts."""
