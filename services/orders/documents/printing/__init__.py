"""Documents as PDF, drawn by a process of its own."""
