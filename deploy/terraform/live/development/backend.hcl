# The state of every layer of this environment; made by bootstrap, which prints these lines.
bucket = "mercat-development-111111111111-state"
region = "eu-central-1"
