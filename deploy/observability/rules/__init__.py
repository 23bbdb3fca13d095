"""The rules that Prometheus loads: compiled from the objectives and from the alerts in `sources`."""
