"""What staff do with discounts, and what a checkout asks of them."""
