# Not mocked: the mocks of Terraform 1.11 know no ephemeral resources. The provider is the double of deploy/tests/double.

run "nothing_secret_is_kept" {
  command = apply
  variables {
    # So that the run can also take everything away again.
    deletion_protection = false
  }

  assert {
    condition     = aws_db_instance.this.password == null && aws_db_instance.this.password_wo == null && aws_db_instance.this.password_wo_version == 1
    error_message = "The master password is write-only."
  }

  assert {
    condition     = coalesce(aws_db_instance.this.manage_master_user_password, false) == false
    error_message = "A password that RDS manages forbids read replicas."
  }

  assert {
    condition = alltrue([for version in concat(values(aws_secretsmanager_secret_version.service), [aws_secretsmanager_secret_version.master]) :
      version.secret_string == null && version.secret_string_wo == null && version.secret_string_wo_version == 1
    ])
    error_message = "Secrets are write-only: neither state nor plan holds one."
  }
}

run "secrets_of_services" {
  command = plan

  assert {
    condition = toset([for secret in aws_secretsmanager_secret.service : secret.name]) == toset(flatten([
      for service in ["catalog", "identity", "orders", "payments", "shop"] : ["mercat/production/${service}/database", "mercat/production/${service}/database-owner", "mercat/production/${service}/database-auditor"]
    ]))
    error_message = "Each service has a secret for running and one for migrations."
  }

  assert {
    condition     = alltrue([for secret in concat(values(aws_secretsmanager_secret.service), [aws_secretsmanager_secret.master]) : secret.kms_key_id == var.key_arn && secret.recovery_window_in_days == 30])
    error_message = "Secrets are encrypted with the given key, and can be had back."
  }

  assert {
    condition     = local.roles["catalog/database"].username == "catalog" && local.roles["catalog/database-owner"].username == "catalog_owner" && local.roles["orders/database-owner"].username == "orders_owner"
    error_message = "Roles are named as the migrations expect: the database's name, and _owner."
  }

  assert {
    condition     = local.connection.sslmode == "verify-full"
    error_message = "Services verify whom they talk to."
  }

  assert {
    condition     = aws_secretsmanager_secret.service["orders/database"].tags.Service == "orders"
    error_message = "A secret says whose it is."
  }

  assert {
    condition     = keys(output.service_secret_arns) == ["catalog", "identity", "orders", "payments", "shop"]
    error_message = "Secrets are handed on by service."
  }
}

run "who_only_plans_reads_no_secret" {
  command = plan
  variables { reads_master_secret = false }

  assert {
    condition     = aws_db_instance.this.password_wo_version == 1
    error_message = "A plan without the right to read the secret is the same plan."
  }
}

run "names_for_people" {
  command = plan

  assert {
    condition     = aws_route53_record.primary.name == "postgres.production.mercat.internal" && aws_route53_record.primary.type == "CNAME"
    error_message = "The internal zone names the primary."
  }
}

run "one_service_rotates" {
  command = plan
  variables {
    password_versions = { orders = 2 }
  }

  assert {
    condition     = { for role, version in aws_secretsmanager_secret_version.service : role => version.secret_string_wo_version if version.secret_string_wo_version != 1 } == { "orders/database" = 2, "orders/database-owner" = 2, "orders/database-auditor" = 2 }
    error_message = "New passwords come to the one service that is named."
  }
}

run "rotation_names_a_service" {
  command = plan
  variables {
    password_versions = { order = 2 }
  }
  expect_failures = [var.password_versions]
}

run "service_names" {
  command = plan
  variables { services = ["Catalog"] }
  expect_failures = [var.services]
}
