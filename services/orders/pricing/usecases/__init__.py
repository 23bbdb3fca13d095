"""The usecases of pricing."""
