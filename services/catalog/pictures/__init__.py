"""Pictures from elsewhere: fetched by a client that cannot be led inside, and drawn anew in several sizes."""
