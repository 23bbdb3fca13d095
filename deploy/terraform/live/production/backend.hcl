# The state of every layer of this environment; made by bootstrap, which prints these lines.
bucket = "mercat-production-333333333333-state"
region = "eu-central-1"
