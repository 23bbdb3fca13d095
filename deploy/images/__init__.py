"""The image of all services: how it is built, and tests of what it does."""
