"""What watches the store: rules, alerts, dashboards and logs."""
