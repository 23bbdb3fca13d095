"""Rules about accounts and sessions, without input or output."""
