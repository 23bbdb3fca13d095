"""Rules: what documents say. No I/O."""
