"""What staff do with roles of the store."""
