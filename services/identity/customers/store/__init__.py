"""SQL of notes and groups, and of the list of accounts."""
