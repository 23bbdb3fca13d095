"""An example service in one file, to copy from."""
