"""The use cases of disputes, one a file."""
