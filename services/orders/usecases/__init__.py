"""What can be done with carts and orders: one file for each."""
