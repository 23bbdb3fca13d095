"""The store's front page, the API docs of all services, and the mails it caught: one small process."""
