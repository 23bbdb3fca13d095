"""Evidence: what a page names to show that a claim is so, checked to exist and run by `make controls`."""
