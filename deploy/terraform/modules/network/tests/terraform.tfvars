# What every test of this module begins with; a run changes what it is about.
environment = {
  name            = "mercat-production"
  account_id      = "333333333333"
  region          = "eu-central-1"
  boundary_arn    = "arn:aws:iam::333333333333:policy/mercat/mercat-production-boundary"
  internal_domain = "production.mercat.internal"
}
cidr                = "10.30.0.0/16"
zones               = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
nat_gateways        = 3
interface_endpoints = []
flow_log_days       = 365
logs_key_arn        = "arn:aws:kms:eu-central-1:333333333333:key/logs"
cluster_name        = "mercat-production"
