"""How movements of the balance are booked, and what a day's report is. Pure functions."""
