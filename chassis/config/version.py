"""The version of Mercat. It stands in pyproject.toml; `make release` writes it here too, where images have it."""

VERSION = "0.1.0"
