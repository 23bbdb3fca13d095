"""Settings of the shop, and what connects it with other programs."""
