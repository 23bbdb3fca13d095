"""Rules of sales figures, without a database."""
