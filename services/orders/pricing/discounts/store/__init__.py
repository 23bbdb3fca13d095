"""SQL of discounts, their codes and their uses."""
