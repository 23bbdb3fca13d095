"""What is done with webhooks, one a file."""
