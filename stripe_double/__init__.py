"""A durable test double of Stripe's API: `app` serves it. It imports nothing else of this repository."""
