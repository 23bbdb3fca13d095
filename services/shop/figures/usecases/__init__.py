"""What is done with sales figures, one a file."""
