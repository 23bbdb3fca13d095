"""The aggregate Payment, what the provider says of it, and its ledger. Pure: nothing here reads, writes or waits."""
