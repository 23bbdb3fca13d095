"""The library that every Mercat service stands on."""
