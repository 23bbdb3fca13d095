# Not mocked: the mocks of Terraform 1.11 know no ephemeral resources. The provider is the double of deploy/tests/double.
variables {
  environment       = { name = "mercat-production", secrets_prefix = "mercat/production", secret_days = 30, internal_domain = "production.mercat.internal", log_days = 90 }
  subnet_ids        = ["subnet-1", "subnet-2", "subnet-3"]
  security_group_id = "sg-1"
  key_arn           = "arn:aws:kms:eu-central-1:333333333333:key/11111111-2222-3333-4444-555555555555"
  node_type         = "cache.m7g.large"
  replicas          = 2
  zone_id           = "Z1"
  alarm_topic_arns  = ["arn:aws:sns:eu-central-1:333333333333:mercat-production-alerts"]
}

run "encrypted" {
  command = plan

  assert {
    condition     = aws_elasticache_replication_group.this.transit_encryption_enabled && aws_elasticache_replication_group.this.transit_encryption_mode == "required"
    error_message = "No connection without TLS."
  }

  assert {
    condition     = tobool(aws_elasticache_replication_group.this.at_rest_encryption_enabled) && aws_elasticache_replication_group.this.kms_key_id == var.key_arn
    error_message = "What is on disk is encrypted with the given key."
  }

  assert {
    condition     = toset(aws_elasticache_replication_group.this.security_group_ids) == toset(["sg-1"]) && toset(aws_elasticache_subnet_group.this.subnet_ids) == toset(var.subnet_ids)
    error_message = "It stands in the database tier, behind its security group alone."
  }
}

run "valkey_as_a_cache" {
  command = plan

  assert {
    condition     = aws_elasticache_replication_group.this.engine == "valkey" && aws_elasticache_parameter_group.this.family == "valkey9"
    error_message = "The parameters are of the engine's version."
  }

  assert {
    condition     = { for parameter in aws_elasticache_parameter_group.this.parameter : parameter.name => parameter.value }["maxmemory-policy"] == "allkeys-lru"
    error_message = "A full cache makes room instead of refusing."
  }

  assert {
    condition     = aws_elasticache_replication_group.this.snapshot_retention_limit == 0 && !tobool(aws_elasticache_replication_group.this.auto_minor_version_upgrade)
    error_message = "A cache has no backups, and only Terraform changes its version: one taken unasked would be taken back by a new cache."
  }

  assert {
    condition     = [for log in aws_elasticache_replication_group.this.log_delivery_configuration : log.log_type] == ["engine-log"]
    error_message = "The slow log would write down what is cached."
  }
}

run "replicas_take_over" {
  command = plan

  assert {
    condition     = aws_elasticache_replication_group.this.num_cache_clusters == 3 && aws_elasticache_replication_group.this.automatic_failover_enabled && aws_elasticache_replication_group.this.multi_az_enabled
    error_message = "Replicas stand in other zones and take over."
  }
}

run "alone" {
  command = plan
  variables {
    replicas   = 0
    subnet_ids = ["subnet-1"]
  }

  # ElastiCache refuses failover without anybody to fail over to.
  assert {
    condition     = aws_elasticache_replication_group.this.num_cache_clusters == 1 && !aws_elasticache_replication_group.this.automatic_failover_enabled && !aws_elasticache_replication_group.this.multi_az_enabled
    error_message = "A lone node fails over to nobody."
  }

  assert {
    condition     = keys(aws_cloudwatch_metric_alarm.this) == ["001-cpu", "001-evictions", "001-memory"]
    error_message = "A lone node has no lag."
  }
}

run "who_may_what" {
  command = plan

  assert {
    condition     = startswith(aws_elasticache_user.default.access_string, "off ") && aws_elasticache_user.default.user_name == "default"
    error_message = "Nobody connects without a name."
  }

  assert {
    condition     = !strcontains(aws_elasticache_user.service.access_string, "+@all") && strcontains(aws_elasticache_user.service.access_string, "-@all") && endswith(aws_elasticache_user.service.access_string, "-@dangerous")
    error_message = "Services do not flush, list or configure."
  }

  # The limiter's script and the versions of tags.
  assert {
    condition     = alltrue([for right in ["+@read", "+@write", "+@scripting", "+@connection", "+time"] : strcontains(aws_elasticache_user.service.access_string, right)])
    error_message = "Services may do what they need: GET, MGET, SET, EVALSHA, TIME."
  }

  assert {
    condition     = aws_elasticache_user.monitor.access_string == "on resetkeys resetchannels -@all +@connection -@dangerous +info"
    error_message = "Who watches the cache reads nothing of it."
  }

  assert {
    condition     = alltrue([for user in [aws_elasticache_user.default, aws_elasticache_user.service, aws_elasticache_user.monitor] : coalesce(user.no_password_required, false) == false]) && toset(aws_elasticache_replication_group.this.user_group_ids) == toset(["mercat-production-valkey"])
    error_message = "The access list is in force, and no user is without a password."
  }
}

run "nothing_secret_is_kept" {
  command = apply

  assert {
    condition     = alltrue([for user in [aws_elasticache_user.default, aws_elasticache_user.service, aws_elasticache_user.monitor] : user.passwords == null && user.passwords_wo == null])
    error_message = "Passwords are write-only."
  }

  assert {
    condition     = aws_elasticache_replication_group.this.auth_token == null
    error_message = "There is no token beside the access list."
  }

  assert {
    condition     = aws_secretsmanager_secret_version.this.secret_string == null && aws_secretsmanager_secret_version.this.secret_string_wo == null && aws_secretsmanager_secret_version.this.secret_string_wo_version == 1
    error_message = "The secret is write-only: neither state nor plan holds it."
  }
}

run "the_secret" {
  command = plan

  assert {
    condition     = aws_secretsmanager_secret.this.name == "mercat/production/valkey" && aws_secretsmanager_secret.this.kms_key_id == var.key_arn && aws_secretsmanager_secret.this.recovery_window_in_days == 30
    error_message = "The secret is named by its environment, encrypted with the given key, and can be had back."
  }
}

# Else the user would have one password and the secret another.
run "rotation_reaches_both" {
  command = plan
  variables { password_version = 2 }

  assert {
    condition     = aws_elasticache_user.service.passwords_wo_version == 2 && aws_secretsmanager_secret_version.this.secret_string_wo_version == 2
    error_message = "A new password reaches the user and the secret."
  }
}

run "alarms" {
  command = plan

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.this) == 12 && alltrue([for alarm in aws_cloudwatch_metric_alarm.this : toset(alarm.alarm_actions) == toset(var.alarm_topic_arns)])
    error_message = "Every node has its alarms, and each is heard."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["003-lag"].dimensions == tomap({ CacheClusterId = "mercat-production-valkey-003" })
    error_message = "Alarms watch the nodes by the names that ElastiCache gives them."
  }
}

run "a_name_for_people" {
  command = plan

  assert {
    condition     = aws_route53_record.this.name == "valkey.production.mercat.internal" && aws_route53_record.this.type == "CNAME"
    error_message = "The internal zone names the cache."
  }
}

run "replicas_need_zones" {
  command = plan
  variables { subnet_ids = ["subnet-1"] }
  expect_failures = [aws_elasticache_replication_group.this]
}

run "wrong_values_are_refused" {
  command = plan

  variables {
    engine_version = "10.0"
    node_type      = "m7g.large"
    replicas       = 6
  }

  expect_failures = [var.engine_version, var.node_type, var.replicas]
}

run "versions" {
  command = plan
  variables { engine_version = "7.2" }
  expect_failures = [var.engine_version]
}
