"""The use cases of payouts and reports, one a file."""
