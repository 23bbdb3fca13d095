"""Rules: what a draft is, and what it lacks. No I/O."""
