"""SQL of sales figures."""
