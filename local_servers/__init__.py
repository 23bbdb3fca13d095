"""Starts PostgreSQL and Valkey from wheels, for tests and the store on one machine. Services do not import it."""
