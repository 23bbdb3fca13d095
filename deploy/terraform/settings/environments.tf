# How the environments differ: this table, and nothing else. Every live root reads its column.
locals {
  table = {
    # network
    cidr                = { development = "10.10.0.0/16", staging = "10.20.0.0/16", production = "10.30.0.0/16" }
    nat_gateways        = { development = 1, staging = 1, production = 3 }
    interface_endpoints = { development = [], staging = [], production = local.endpoints }

    # cluster
    kubernetes_version  = { development = "1.36", staging = "1.36", production = "1.36" }
    public_api_cidrs    = { development = ["203.0.113.0/24"], staging = [], production = [] }
    system_node_type    = { development = "t4g.medium", staging = "t4g.large", production = "m7g.large" }
    system_nodes        = { development = 2, staging = 2, production = 3 }
    system_nodes_max    = { development = 3, staging = 4, production = 6 }
    deletion_protection = { development = false, staging = true, production = true }

    # nets: each let go by its own apply and --allow-loss (docs/aws/bring-up.md, Take it down)
    final_snapshot         = { development = false, staging = true, production = true }
    keep_automated_backups = { development = false, staging = true, production = true }
    empty_on_destroy       = { development = true, staging = false, production = false }

    # data
    database_class    = { development = "db.t4g.medium", staging = "db.m7g.large", production = "db.r7g.xlarge" }
    database_gb       = { development = 20, staging = 50, production = 200 }
    database_max_gb   = { development = 50, staging = 200, production = 2000 }
    database_multi_az = { development = false, staging = true, production = true }
    database_replicas = { development = 0, staging = 0, production = 0 }
    backup_days       = { development = 7, staging = 14, production = 35 }
    backup_months     = { development = 0, staging = 0, production = 12 }
    copy_backups      = { development = false, staging = true, production = true }
    lock_backups      = { development = false, staging = false, production = true }
    cache_node_type   = { development = "cache.t4g.micro", staging = "cache.t4g.small", production = "cache.t4g.medium" }
    cache_replicas    = { development = 0, staging = 1, production = 2 }
    secret_days       = { development = 7, staging = 14, production = 30 }

    # versions and rotation: a number raised by one gives new passwords (docs/aws/day-2.md)
    postgresql_version = { development = "18", staging = "18", production = "18" }
    valkey_version     = { development = "9.0", staging = "9.0", production = "9.0" }
    allow_major        = { development = true, staging = false, production = false }
    change_at_once     = { development = true, staging = false, production = false }
    database_passwords = { development = 1, staging = 1, production = 1 }
    master_password    = { development = 1, staging = 1, production = 1 }
    cache_password     = { development = 1, staging = 1, production = 1 }

    # edge
    price_class        = { development = "PriceClass_100", staging = "PriceClass_100", production = "PriceClass_All" }
    requests_per_5_min = { development = 2000, staging = 5000, production = 5000 }
    dnssec             = { development = false, staging = false, production = true }
    query_logging      = { development = false, staging = true, production = true }

    # whose images are promoted here, by digest (docs/aws/day-2.md)
    images_from = { development = null, staging = "development", production = "staging" }

    # operations
    log_days          = { development = 14, staging = 90, production = 365 }
    audit_days        = { development = 90, staging = 365, production = 2557 }
    guardduty         = { development = false, staging = true, production = true }
    config            = { development = false, staging = true, production = true }
    enhanced_scanning = { development = false, staging = true, production = true }
    monthly_usd       = { development = 500, staging = 1500, production = 4000 }
  }

  # What nodes and pods call all day: without these endpoints each call pays for NAT and leaves the network. In three zones they
  # cost 315 USD a month, which NAT's dearer gigabytes reach at about 8 TB a month: staging goes by NAT (docs/aws/costs.md).
  endpoints = ["ecr.api", "ecr.dkr", "sts", "secretsmanager", "logs", "kms", "ec2", "sqs", "ssm", "ssmmessages", "eks", "eks-auth"]
}
