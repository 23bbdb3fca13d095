"""Rules of exports: what their files look like."""
