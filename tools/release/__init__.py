"""`make release`: version, changelog, notes on upgrading; and whether the last release can run beside what is here."""
