"""`python -m chassis.ops`: what was given up, and setting it going again."""
