"""SQL of what people change of their own accounts."""
