"""What an order and a cart are, and how they change. Pure: the standard library and chassis.values.money only."""
