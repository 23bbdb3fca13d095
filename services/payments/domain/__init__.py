"""The aggregate Payment, the provider's snapshots of it, and its ledger. Pure functions: no I/O."""
