# What every test of this module begins with; a run changes what it is about.
environment = {
  name         = "mercat-test"
  account_id   = "111111111111"
  region       = "eu-central-1"
  boundary_arn = "arn:aws:iam::111111111111:policy/mercat/mercat-test-boundary"
  log_days     = 30
}
kubernetes_version              = "1.36"
subnet_ids                      = ["subnet-a", "subnet-b", "subnet-c"]
control_plane_security_group_id = "sg-controlplane"
node_security_group_id          = "sg-nodes"
cluster_key_arn                 = "arn:aws:kms:eu-central-1:111111111111:key/11111111-1111-1111-1111-111111111111"
logs_key_arn                    = "arn:aws:kms:eu-central-1:111111111111:key/22222222-2222-2222-2222-222222222222"
public_access_cidrs             = []
administrators                  = ["arn:aws:iam::111111111111:role/mercat/mercat-test-apply"]
groups = {
  developers = ["arn:aws:iam::111111111111:role/team", "arn:aws:iam::111111111111:role/rota"]
  operators  = ["arn:aws:iam::111111111111:role/rota"]
  emergency  = ["arn:aws:iam::111111111111:role/emergency"]
  deployers  = ["arn:aws:iam::111111111111:role/mercat/mercat-test-deploy"]
  auditors   = ["arn:aws:iam::111111111111:role/auditor"]
}
system_nodes        = { instance_types = ["t4g.medium"], min = 2, max = 3, disk_gb = 40 }
deletion_protection = true
tags                = { Project = "mercat", Environment = "test" }
