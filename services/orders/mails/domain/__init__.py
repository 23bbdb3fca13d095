"""Rules: what mails say. No I/O but the templates beside."""
