"""What people do with their own accounts."""
