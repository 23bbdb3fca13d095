"""The story map, docs/stories.md: every id once, with where it lives, its proof, and where that proof runs."""
