"""Rules of this room; no I/O."""
