"""Rules of codes, without input or output."""
