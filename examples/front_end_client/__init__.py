"""A client of the store, written from its documentation alone."""
