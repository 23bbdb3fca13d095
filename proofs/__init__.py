"""The promises, each proven against a whole running store: load, fault, check."""
