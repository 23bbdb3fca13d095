"""The audit calendar: what recurs, which job or person does it, and what is due (docs/compliance/calendar.md)."""
