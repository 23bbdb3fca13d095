"""Rules: what may be changed of an order, and what a mail tells again. No I/O."""
