"""HTTP of sales figures."""
