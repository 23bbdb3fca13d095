# Only what differs from RDS' own choice, or what must stay as it is. `pending-reboot` marks what PostgreSQL reads at start,
# and what may equal the family's own value: RDS keeps no other method beside a value that it does not see as changed, and
# each plan would show it anew. A new instance starts with all of them.
locals {
  parameters = {
    # Access: TLS or nothing, and no password that a stolen hash can replay.
    "rds.force_ssl"                     = { value = "1", method = "pending-reboot" }
    "ssl_min_protocol_version"          = { value = "TLSv1.2", method = "pending-reboot" }
    "password_encryption"               = { value = "scram-sha-256", method = "pending-reboot" }
    "rds.accepted_password_auth_method" = { value = "scram" }

    # Insight: which statements take the time, and in how much waiting for the disk.
    "shared_preload_libraries"  = { value = "pg_stat_statements,pgaudit", method = "pending-reboot" }
    "pg_stat_statements.max"    = { value = "10000", method = "pending-reboot" }
    "pg_stat_statements.track"  = { value = "all", method = "pending-reboot" }
    "track_activity_query_size" = { value = "8192", method = "pending-reboot" }
    "track_io_timing"           = { value = "1", method = "pending-reboot" }

    # Log: what was slow, what waited, what spilled. 500 ms is more than any endpoint's promise leaves for a statement.
    "log_min_duration_statement"  = { value = "500" }
    "log_lock_waits"              = { value = "1" }
    "deadlock_timeout"            = { value = "1000", method = "pending-reboot" }
    "log_temp_files"              = { value = "10240" }
    "log_checkpoints"             = { value = "1", method = "pending-reboot" }
    "log_autovacuum_min_duration" = { value = "1000" }
    # Bound values are what shoppers typed: their names and addresses stay out of the log.
    "log_parameter_max_length"          = { value = "0" }
    "log_parameter_max_length_on_error" = { value = "0" }
    # Who changed tables and roles: by pgaudit, which blanks passwords out. log_statement = ddl would write them down.
    "log_statement" = { value = "none", method = "pending-reboot" }
    "pgaudit.log"   = { value = "ddl,role" }

    # A forgotten transaction holds locks and stops vacuum for everybody. Services set 10 s; this is for people and jobs.
    # No statement_timeout and no lock_timeout here: a migration or an index build may take its hours. Services set theirs.
    "idle_in_transaction_session_timeout" = { value = "60000" }
    # A client that vanished with its node is noticed in about two minutes instead of two hours.
    "tcp_keepalives_idle"     = { value = "60" }
    "tcp_keepalives_interval" = { value = "10" }
    "tcp_keepalives_count"    = { value = "6" }

    # Stock, carts and the outbox change all day: vacuum them after 2 % and not after 20 %, and quickly.
    "autovacuum_vacuum_scale_factor"        = { value = "0.02" }
    "autovacuum_vacuum_insert_scale_factor" = { value = "0.05" }
    "autovacuum_analyze_scale_factor"       = { value = "0.01" }
    "autovacuum_vacuum_cost_limit"          = { value = "2000" }

    # Checkpoints by the clock instead of by a burst of orders, which would write every page whole again.
    "max_wal_size" = { value = "4096" }
    # SSDs: a random page costs hardly more than the next one.
    "random_page_cost" = { value = "1.1" }
    # Compiling a statement takes longer than the short ones of a store run.
    "jit" = { value = "0" }
  }
}

resource "aws_db_parameter_group" "this" {
  # With the major version in its name, the next one's group stands beside it until the instance has moved.
  name        = "${local.identifier}-${var.engine_version}"
  family      = "postgres${var.engine_version}"
  description = "PostgreSQL ${var.engine_version} for a busy store"

  dynamic "parameter" {
    for_each = local.parameters
    content {
      name         = parameter.key
      value        = parameter.value.value
      apply_method = try(parameter.value.method, "immediate")
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}
