"""The floors: what the same server does with nothing of ours."""
