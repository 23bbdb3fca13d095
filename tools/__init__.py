"""The programs behind `make check`, `make test` and `make openapi`. Not part of the store."""
