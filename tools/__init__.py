"""What `make check`, `make test` and `make openapi` run. Not part of the store."""
