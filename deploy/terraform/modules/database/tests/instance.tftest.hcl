# Not mocked: the mocks of Terraform 1.11 know no ephemeral resources. The provider is the double of deploy/tests/double.
run "a_store_that_is_kept" {
  command = plan

  assert {
    condition     = aws_db_instance.this.storage_encrypted && aws_db_instance.this.kms_key_id == var.key_arn && aws_db_instance.this.performance_insights_kms_key_id == var.key_arn
    error_message = "Storage and insights are encrypted with the given key."
  }

  assert {
    condition     = aws_db_instance.this.backup_retention_period == 35
    error_message = "Any second of the last backup_days can be restored."
  }

  assert {
    condition = (
      aws_db_instance.this.deletion_protection && !aws_db_instance.this.skip_final_snapshot && !aws_db_instance.this.delete_automated_backups &&
      aws_db_instance.this.final_snapshot_identifier == "mercat-production-postgres-final"
    )
    error_message = "A protected database is not deleted; and if it were, a snapshot and its backups would stay."
  }

  assert {
    condition     = aws_db_instance.this.multi_az
    error_message = "A standby takes over."
  }

  assert {
    condition     = !aws_db_instance.this.publicly_accessible && alltrue([for replica in aws_db_instance.replica : !replica.publicly_accessible])
    error_message = "No instance has an address in the internet."
  }

  assert {
    condition     = toset(aws_db_instance.this.vpc_security_group_ids) == toset(["sg-1"]) && toset(aws_db_subnet_group.this.subnet_ids) == toset(var.subnet_ids)
    error_message = "It stands in the database tier, behind its security group alone."
  }

  assert {
    condition     = !aws_db_instance.this.allow_major_version_upgrade && aws_db_instance.this.auto_minor_version_upgrade && !aws_db_instance.this.apply_immediately
    error_message = "Minor versions come by themselves, in the window; major ones by decision."
  }

  assert {
    condition     = aws_db_instance.this.max_allocated_storage == 2000 && aws_db_instance.this.allocated_storage == 200 && aws_db_instance.this.storage_type == "gp3"
    error_message = "Storage grows before it is full."
  }

  assert {
    condition     = aws_db_instance.this.copy_tags_to_snapshot && aws_db_instance.this.ca_cert_identifier == "rds-ca-rsa2048-g1"
    error_message = "Snapshots say whose they are, and the certificate's authority is the one that clients trust."
  }
}

run "one_that_may_go" {
  command = plan
  variables {
    instance_class         = "db.t4g.medium"
    storage_gb             = 20
    max_storage_gb         = 50
    multi_az               = false
    read_replicas          = 0
    backup_days            = 1
    deletion_protection    = false
    final_snapshot         = false
    keep_automated_backups = false
    copy_region            = null
    alarm_topic_arns       = []
  }

  assert {
    condition     = !aws_db_instance.this.deletion_protection && aws_db_instance.this.skip_final_snapshot && aws_db_instance.this.delete_automated_backups && !aws_db_instance.this.multi_az
    error_message = "What is not protected goes without leaving anything to pay for."
  }

  assert {
    condition     = aws_db_instance.this.storage_encrypted && !aws_db_instance.this.publicly_accessible
    error_message = "Protection from strangers is no matter of the environment."
  }

  assert {
    condition     = length(aws_db_instance.replica) == 0 && length(aws_route53_record.reader) == 0 && output.reader_host == null
    error_message = "Without replicas there is no reader."
  }

  assert {
    condition     = length(aws_db_instance_automated_backups_replication.this) == 0 && length(module.copy_key) == 0
    error_message = "Without a second region nothing is copied."
  }

  assert {
    condition     = contains(keys(aws_cloudwatch_metric_alarm.this), "primary-credits") && length(aws_cloudwatch_event_target.instance) == 0
    error_message = "A burstable class has an alarm about its credits."
  }
}

run "replicas" {
  command = plan
  variables {
    read_replicas = 2
  }

  assert {
    condition = alltrue([for replica in aws_db_instance.replica :
      replica.replicate_source_db == "mercat-production-postgres" && replica.storage_encrypted && replica.instance_class == aws_db_instance.this.instance_class &&
      replica.deletion_protection && replica.backup_retention_period == 0 && replica.ca_cert_identifier == "rds-ca-rsa2048-g1"
    ]) && [for replica in aws_db_instance.replica : replica.identifier] == ["mercat-production-postgres-reader-1", "mercat-production-postgres-reader-2"]
    error_message = "As many replicas as are asked for, as guarded as their primary."
  }

  assert {
    condition     = alltrue([for record in aws_route53_record.reader : record.name == "postgres-reader.production.mercat.internal" && record.weighted_routing_policy[0].weight == 1])
    error_message = "One name finds any of the replicas."
  }
}

run "copies_in_the_second_region" {
  command = plan

  assert {
    condition     = aws_db_instance_automated_backups_replication.this[0].region == "eu-west-1" && aws_db_instance_automated_backups_replication.this[0].retention_period == 35
    error_message = "Backups are replicated to the second region, for as many days."
  }

  assert {
    condition     = aws_db_instance_automated_backups_replication.this[0].kms_key_id == module.copy_key[0].arn
    error_message = "Copies are encrypted with a key of their own region."
  }
}

run "a_restored_one" {
  command = plan
  variables { snapshot_identifier = "rds:mercat-production-postgres-2026-11-20" }

  assert {
    condition     = aws_db_instance.this.snapshot_identifier == "rds:mercat-production-postgres-2026-11-20"
    error_message = "A lost database begins with its snapshot."
  }
}

run "the_copy_lies_elsewhere" {
  command = plan
  variables { copy_region = "eu-central-1" }
  expect_failures = [var.copy_region]
}

run "what_is_protected_has_backups" {
  command = plan
  variables { backup_days = 3 }
  expect_failures = [aws_db_instance.this]
}

run "wrong_values_are_refused" {
  command = plan

  variables {
    backup_days    = 0
    engine_version = "18.1"
    instance_class = "m7g.large"
    subnet_ids     = ["subnet-1"]
    read_replicas  = 16
  }

  expect_failures = [var.backup_days, var.engine_version, var.instance_class, var.subnet_ids, var.read_replicas]
}

run "storage_can_grow" {
  command = plan
  variables { max_storage_gb = 200 }
  expect_failures = [var.max_storage_gb]
}

run "storage_begins_at_20" {
  command = plan
  variables { storage_gb = 10 }
  expect_failures = [var.storage_gb]
}

run "migrations_need_18" {
  command = plan
  variables { engine_version = "17" }
  expect_failures = [var.engine_version]
}

run "each_net_is_a_step_of_its_own" {
  command = plan
  variables { deletion_protection = false }

  assert {
    condition     = !aws_db_instance.this.skip_final_snapshot && !aws_db_instance.this.delete_automated_backups && aws_db_instance.this.final_snapshot_identifier == "mercat-production-postgres-final"
    error_message = "Without deletion protection the last snapshot and the backups still stay."
  }
}

run "keys_not_aliases" {
  command = plan
  variables { key_arn = "alias/data" }
  expect_failures = [var.key_arn]
}
