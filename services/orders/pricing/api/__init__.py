"""The api of pricing."""
