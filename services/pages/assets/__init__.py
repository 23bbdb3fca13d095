"""The storefront's files, ready to be sent."""
