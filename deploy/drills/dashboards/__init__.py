"""`make drill-dashboards`: every query of the dashboards and rules is asked beside a store that trades."""
