"""Rules of collections and of the tree, without a database."""
