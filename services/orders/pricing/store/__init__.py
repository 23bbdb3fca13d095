"""The store of pricing."""
