locals {
  identifier = "${var.environment.name}-valkey"
}

resource "aws_elasticache_subnet_group" "this" {
  name        = local.identifier
  description = "Database tier of ${var.environment.name}"
  subnet_ids  = var.subnet_ids
}

resource "aws_elasticache_parameter_group" "this" {
  # With the version in its name, the next major version's group stands beside it until the nodes have moved.
  name        = "${local.identifier}-${split(".", var.engine_version)[0]}"
  family      = "valkey${split(".", var.engine_version)[0]}"
  description = "Valkey as a cache: what was not used for longest goes first"

  # Rate limits and versions of tags can all be made again. Without eviction a full cache would refuse every write.
  parameter {
    name  = "maxmemory-policy"
    value = "allkeys-lru"
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_elasticache_replication_group" "this" {
  #checkov:skip=CKV_AWS_31:who may connect is said by the user group (access lists) below, which excludes an auth token; every user of it has a password or is off
  #checkov:skip=CKV2_AWS_50:failover and zones follow replicas; a cache of one node is the choice of an environment that may lose it
  replication_group_id = local.identifier
  description          = "Cache and rate limits of ${var.environment.name}: the store survives its loss"
  engine               = "valkey"
  engine_version       = var.engine_version
  node_type            = var.node_type
  parameter_group_name = aws_elasticache_parameter_group.this.name
  port                 = 6379

  num_cache_clusters         = 1 + var.replicas
  automatic_failover_enabled = var.replicas > 0
  multi_az_enabled           = var.replicas > 0

  subnet_group_name  = aws_elasticache_subnet_group.this.name
  security_group_ids = [var.security_group_id]
  user_group_ids     = [aws_elasticache_user_group.this.user_group_id]

  transit_encryption_enabled = true
  transit_encryption_mode    = "required"
  at_rest_encryption_enabled = true
  kms_key_id                 = var.key_arn

  # Nothing in it is worth a backup: a snapshot would cost memory and money to keep what is stale.
  snapshot_retention_limit = 0
  maintenance_window       = "sun:03:00-sun:04:00"
  apply_immediately        = var.apply_immediately
  # A minor version taken unasked is one that the next plan takes back, and back means a new cache.
  auto_minor_version_upgrade = false

  log_delivery_configuration {
    destination      = aws_cloudwatch_log_group.this.name
    destination_type = "cloudwatch-logs"
    log_format       = "json"
    log_type         = "engine-log"
  }

  lifecycle {
    precondition {
      condition     = var.replicas == 0 || length(var.subnet_ids) >= 2
      error_message = "Replicas stand in other zones than the primary: give subnets in two zones at least."
    }
  }
}

# The name is for people: the certificate bears AWS' own names, which the secret's url has.
resource "aws_route53_record" "this" {
  zone_id = var.zone_id
  name    = "valkey.${var.environment.internal_domain}"
  type    = "CNAME"
  ttl     = 30
  records = [aws_elasticache_replication_group.this.primary_endpoint_address]
}

# The engine's log only: the slow log holds the arguments of commands, and so what is cached.
resource "aws_cloudwatch_log_group" "this" {
  #checkov:skip=CKV_AWS_158:logs_key_arn encrypts with the customer's key; without it CloudWatch encrypts with its own
  #checkov:skip=CKV_AWS_338:the log of a cache that holds nothing of value tells of failovers; who changed it stands in CloudTrail
  # AWS' prefix for delivered logs: one resource policy of the account covers it, where each other name would lengthen that policy.
  name              = "/aws/vendedlogs/elasticache/${local.identifier}"
  retention_in_days = var.environment.log_days
  kms_key_id        = var.logs_key_arn
}
