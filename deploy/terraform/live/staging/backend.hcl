# The state of every layer of this environment; made by bootstrap, which prints these lines.
bucket = "mercat-staging-222222222222-state"
region = "eu-central-1"
