"""The Python client: made from docs/openapi.json by openapi-python-client, an installable package of its own."""
