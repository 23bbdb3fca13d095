"""The API of discounts for staff, and the types of codes in requests of shoppers."""
