"""What is done with API keys, one a file."""
