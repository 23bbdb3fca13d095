# What every test of this module begins with; a run changes what it is about.
environment = {
  name            = "mercat-production"
  boundary_arn    = "arn:aws:iam::333333333333:policy/mercat/mercat-production-boundary"
  internal_domain = "production.mercat.internal"
  secrets_prefix  = "mercat/production"
  secret_days     = 30
  log_days        = 30
}
subnet_ids          = ["subnet-1", "subnet-2", "subnet-3"]
security_group_id   = "sg-1"
key_arn             = "arn:aws:kms:eu-central-1:333333333333:key/11111111-2222-3333-4444-555555555555"
instance_class      = "db.r7g.xlarge"
storage_gb          = 200
max_storage_gb      = 2000
multi_az            = true
read_replicas       = 1
backup_days         = 35
deletion_protection = true
copy_region         = "eu-west-1"
services            = ["catalog", "identity", "orders", "payments", "shop"]
zone_id             = "Z1"
alarm_topic_arns    = ["arn:aws:sns:eu-central-1:333333333333:mercat-production-alerts"]
