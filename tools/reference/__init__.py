"""What the generators of docs/reference have in common: tables, words for a JSON Schema, what the code declares."""
