"""What payments can do, one use case a file."""
