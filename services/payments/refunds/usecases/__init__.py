"""What is done with refunds, one use case a module."""
