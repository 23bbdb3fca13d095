"""Mails about accounts."""
