"""Use cases of this room, one a file."""
