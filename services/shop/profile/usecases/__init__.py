"""What is done with the shop's settings, one a file."""
