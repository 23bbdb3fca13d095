"""A client of the store that uses only what its documentation says."""
