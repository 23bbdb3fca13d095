"""What an account and a session are, and what may happen to them. Pure."""
