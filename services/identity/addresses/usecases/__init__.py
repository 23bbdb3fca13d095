"""Changes of an address book."""
