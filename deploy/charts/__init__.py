"""The chart of the services: its values file is a service's service.yaml beside the file of an environment."""
