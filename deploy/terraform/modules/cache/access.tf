# Letters and digits: it goes into a URL as it is.
ephemeral "aws_secretsmanager_random_password" "service" {
  password_length     = 48
  exclude_punctuation = true
}

ephemeral "aws_secretsmanager_random_password" "monitor" {
  password_length     = 48
  exclude_punctuation = true
}

# Of a user that is switched off: nobody ever learns it.
ephemeral "aws_secretsmanager_random_password" "default" {
  password_length     = 48
  exclude_punctuation = true
}

# Whoever connects without a name is `default`. AWS' own may do everything; this one may do nothing.
resource "aws_elasticache_user" "default" {
  user_id              = "${local.identifier}-default"
  user_name            = "default"
  engine               = "valkey"
  access_string        = "off ~keys* resetchannels -@all +get"
  passwords_wo         = ephemeral.aws_secretsmanager_random_password.default.random_password
  passwords_wo_version = 1
}

resource "aws_elasticache_user_group" "this" {
  user_group_id = local.identifier
  engine        = "valkey"
  user_ids      = [aws_elasticache_user.default.user_id]

  lifecycle {
    # The services' user joins by the association below.
    ignore_changes = [user_ids]
  }
}

# Made after the cache, in the same moment as the secret: if the cache fails to come, no password is left that differs from it.
resource "aws_elasticache_user" "service" {
  user_id   = "${local.identifier}-svc"
  user_name = "mercat"
  engine    = "valkey"
  # Reads, writes and scripts, and nothing that empties, lists or configures the cache.
  access_string        = "on ~* resetchannels -@all +@read +@write +@scripting +@connection +@transaction +time -@dangerous"
  passwords_wo         = ephemeral.aws_secretsmanager_random_password.service.random_password
  passwords_wo_version = var.password_version

  depends_on = [aws_elasticache_replication_group.this]
}

resource "aws_elasticache_user_group_association" "service" {
  user_group_id = aws_elasticache_user_group.this.user_group_id
  user_id       = aws_elasticache_user.service.user_id
}

resource "aws_secretsmanager_secret" "this" {
  #checkov:skip=CKV2_AWS_57:rotation is a raised password_version and a restart of the pods; the store runs on without its cache meanwhile
  name                    = "${var.environment.secrets_prefix}/valkey"
  description             = "How services reach ${local.identifier}"
  kms_key_id              = var.key_arn
  recovery_window_in_days = var.environment.secret_days
}

resource "aws_secretsmanager_secret_version" "this" {
  secret_id = aws_secretsmanager_secret.this.id
  secret_string_wo = jsonencode({
    host     = aws_elasticache_replication_group.this.primary_endpoint_address
    port     = 6379
    username = aws_elasticache_user.service.user_name
    password = ephemeral.aws_secretsmanager_random_password.service.random_password
    # The client verifies the chain by itself, but the name only when it is told to.
    url = join("", [
      "rediss://${aws_elasticache_user.service.user_name}:${ephemeral.aws_secretsmanager_random_password.service.random_password}",
      "@${aws_elasticache_replication_group.this.primary_endpoint_address}:6379/0?ssl_check_hostname=true",
    ])
  })
  secret_string_wo_version = var.password_version
}

# Who watches it: how full it is and what it drops, and no key or value of it.
resource "aws_elasticache_user" "monitor" {
  user_id              = "${local.identifier}-monitor"
  user_name            = "monitor"
  engine               = "valkey"
  access_string        = "on resetkeys resetchannels -@all +@connection -@dangerous +info"
  passwords_wo         = ephemeral.aws_secretsmanager_random_password.monitor.random_password
  passwords_wo_version = var.password_version

  depends_on = [aws_elasticache_replication_group.this]
}

resource "aws_elasticache_user_group_association" "monitor" {
  user_group_id = aws_elasticache_user_group.this.user_group_id
  user_id       = aws_elasticache_user.monitor.user_id

  depends_on = [aws_elasticache_user_group_association.service]
}

resource "aws_secretsmanager_secret" "monitor" {
  #checkov:skip=CKV2_AWS_57:as that of the services
  name                    = "${var.environment.secrets_prefix}/valkey-monitor"
  description             = "How the exporter of metrics reaches ${local.identifier}"
  kms_key_id              = var.key_arn
  recovery_window_in_days = var.environment.secret_days
}

resource "aws_secretsmanager_secret_version" "monitor" {
  secret_id = aws_secretsmanager_secret.monitor.id
  secret_string_wo = jsonencode({
    url = "rediss://${aws_elasticache_user.monitor.user_name}:${ephemeral.aws_secretsmanager_random_password.monitor.random_password}@${aws_elasticache_replication_group.this.primary_endpoint_address}:6379"
  })
  secret_string_wo_version = var.password_version
}
