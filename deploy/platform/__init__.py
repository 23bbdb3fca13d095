"""What runs in a cluster: the list of it, and its releases of helm."""
