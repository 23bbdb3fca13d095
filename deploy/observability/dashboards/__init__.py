"""Dashboards of Grafana: pages/*.yaml describes them, *.json is what Grafana reads."""
