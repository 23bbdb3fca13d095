"""The images of the services and of what is static: how they are built, and tests of what they do."""
