"""What other services say of the shop's pages."""
