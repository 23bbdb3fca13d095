"""SQL of payouts, movements of the balance, and the daily report."""
