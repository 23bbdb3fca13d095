"""What is done for an export or an erasure, one use case a module."""
