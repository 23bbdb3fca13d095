# Not mocked: the mocks of Terraform 1.11 know no ephemeral resources. The provider is the double of deploy/tests/double.

run "access" {
  command = plan

  assert {
    condition     = { for parameter in aws_db_parameter_group.this.parameter : parameter.name => parameter.value if startswith(parameter.name, "rds.force_ssl") } == { "rds.force_ssl" = "1" }
    error_message = "The server takes no connection without TLS."
  }

  assert {
    condition = (
      local.parameters["ssl_min_protocol_version"].value == "TLSv1.2" &&
      local.parameters["password_encryption"].value == "scram-sha-256" &&
      local.parameters["rds.accepted_password_auth_method"].value == "scram"
    )
    error_message = "TLS 1.2 or newer, and SCRAM only."
  }

  assert {
    condition     = aws_db_instance.this.parameter_group_name == "mercat-production-postgres-18" && alltrue([for replica in aws_db_instance.replica : replica.parameter_group_name == "mercat-production-postgres-18"])
    error_message = "Primary and replicas run with these parameters."
  }

  assert {
    condition     = aws_db_parameter_group.this.family == "postgres18" && length(aws_db_parameter_group.this.parameter) == length(local.parameters)
    error_message = "Every parameter reaches the group, which is of the engine's version."
  }

  assert {
    condition     = aws_db_instance.this.iam_database_authentication_enabled
    error_message = "People sign in as themselves."
  }
}

run "insight" {
  command = plan

  assert {
    condition     = strcontains(local.parameters["shared_preload_libraries"].value, "pg_stat_statements") && strcontains(local.parameters["shared_preload_libraries"].value, "pgaudit")
    error_message = "Statements are counted and changes of tables and roles are audited."
  }

  # PostgreSQL refuses to change the first three while it runs, and RDS then refuses the whole apply. The others are what the
  # family of PostgreSQL 18 may say by itself: with "immediate" every plan would change them.
  assert {
    condition = toset([for parameter in aws_db_parameter_group.this.parameter : parameter.name if parameter.apply_method == "pending-reboot"]) == toset([
      "shared_preload_libraries", "pg_stat_statements.max", "track_activity_query_size",
      "rds.force_ssl", "ssl_min_protocol_version", "password_encryption", "pg_stat_statements.track", "track_io_timing",
      "log_checkpoints", "log_statement", "deadlock_timeout",
    ])
    error_message = "What is read at start waits for one, and so does what RDS does not see as changed."
  }

  assert {
    condition     = alltrue([for name in ["log_lock_waits", "log_checkpoints", "track_io_timing"] : local.parameters[name].value == "1"]) && tonumber(local.parameters["log_min_duration_statement"].value) <= 1000 && can(local.parameters["log_temp_files"])
    error_message = "The log tells of slow statements, lock waits, checkpoints and temporary files."
  }

  assert {
    condition     = local.parameters["log_parameter_max_length"].value == "0" && local.parameters["log_parameter_max_length_on_error"].value == "0" && local.parameters["log_statement"].value == "none"
    error_message = "What shoppers typed and passwords stay out of the log."
  }

  assert {
    condition     = aws_db_instance.this.performance_insights_enabled && aws_db_instance.this.monitoring_interval == 60 && aws_db_instance.this.database_insights_mode == "standard"
    error_message = "Performance Insights and enhanced monitoring are on."
  }

  assert {
    condition = keys(aws_cloudwatch_log_group.this) == [
      "/aws/rds/instance/mercat-production-postgres-reader-1/postgresql", "/aws/rds/instance/mercat-production-postgres-reader-1/upgrade",
      "/aws/rds/instance/mercat-production-postgres/postgresql", "/aws/rds/instance/mercat-production-postgres/upgrade",
    ] && alltrue([for group in aws_cloudwatch_log_group.this : group.retention_in_days == 30])
    error_message = "Every instance's logs are kept for log_days, and no longer."
  }
}

run "busy_tables" {
  command = plan

  assert {
    condition     = tonumber(local.parameters["autovacuum_vacuum_scale_factor"].value) <= 0.05 && tonumber(local.parameters["autovacuum_analyze_scale_factor"].value) <= 0.05
    error_message = "Hot tables are vacuumed early."
  }

  assert {
    condition     = tonumber(local.parameters["idle_in_transaction_session_timeout"].value) > 0 && !can(local.parameters["statement_timeout"]) && !can(local.parameters["lock_timeout"])
    error_message = "Forgotten transactions end; migrations may take their time."
  }
}

run "alarms" {
  command = plan

  assert {
    condition = keys(aws_cloudwatch_metric_alarm.this) == [
      "primary-connections", "primary-cpu", "primary-memory", "primary-storage", "primary-wraparound", "primary-writes",
      "reader-1-connections", "reader-1-cpu", "reader-1-lag", "reader-1-memory", "reader-1-storage", "reader-1-writes",
    ]
    error_message = "Every instance has its alarms."
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.this : toset(alarm.alarm_actions) == toset(var.alarm_topic_arns) && alarm.namespace == "AWS/RDS"])
    error_message = "Every alarm is heard."
  }

  # 32 GiB of a db.r7g.xlarge: RDS sets max_connections to 3604.
  assert {
    condition     = aws_cloudwatch_metric_alarm.this["primary-connections"].threshold == 2703 && aws_cloudwatch_metric_alarm.this["primary-memory"].threshold == 32 * 107374182
    error_message = "Thresholds follow the class."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["primary-storage"].comparison_operator == "LessThanThreshold" && aws_cloudwatch_metric_alarm.this["reader-1-lag"].comparison_operator == "GreaterThanThreshold"
    error_message = "Storage is too little, lag is too much."
  }

  assert {
    condition     = aws_cloudwatch_event_target.instance[0].arn == var.alarm_topic_arns[0] && contains(jsondecode(aws_cloudwatch_event_rule.instance.event_pattern).detail.EventCategories, "failover")
    error_message = "A failover is told."
  }
}

run "monitoring_role" {
  command = plan

  assert {
    condition     = aws_iam_role.monitoring.permissions_boundary == var.environment.boundary_arn && aws_iam_role.monitoring.path == "/mercat/"
    error_message = "The role is bounded."
  }

  assert {
    condition = jsondecode(aws_iam_role.monitoring.assume_role_policy).Statement[0].Condition == {
      StringEquals = { "aws:SourceAccount" = "333333333333" }
      ArnLike      = { "aws:SourceArn" = "arn:aws:rds:eu-central-1:333333333333:db:mercat-production-postgres*" }
    }
    error_message = "RDS takes the role for these instances only."
  }
}
