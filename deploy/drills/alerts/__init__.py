"""A drill of alerts: each page that a laptop can cause is caused, told and over again."""
