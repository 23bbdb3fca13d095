"""Ask for a return, decide on it, receive and inspect it, and pay it back."""
