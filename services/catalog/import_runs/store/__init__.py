"""SQL of the imports of uploaded files."""
