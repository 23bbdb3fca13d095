mock_provider "aws" {
  override_during = plan

  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:eu-west-1:333333333333:key/99999999-2222-3333-4444-555555555555" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::333333333333:role/mercat/mercat-production-backup" }
  }
}

override_resource {
  target          = aws_backup_vault.copy
  override_during = plan
  values          = { arn = "arn:aws:backup:eu-west-1:333333333333:backup-vault:mercat-production-backups" }
}

variables {
  environment         = { name = "mercat-production", boundary_arn = "arn:aws:iam::333333333333:policy/mercat/mercat-production-boundary" }
  key_arn             = "arn:aws:kms:eu-central-1:333333333333:key/11111111-2222-3333-4444-555555555555"
  copy_region         = "eu-west-1"
  copy_days           = 35
  daily_days          = 35
  monthly_months      = 12
  vault_lock_min_days = 7
  restore_testing     = true
  selected_arns       = ["arn:aws:rds:eu-central-1:333333333333:db:mercat-production-postgres"]
  alarm_topic_arns    = ["arn:aws:sns:eu-central-1:333333333333:mercat-production-alerts"]
}

run "vaults_and_keys" {
  command = plan

  assert {
    condition     = aws_backup_vault.this.kms_key_arn == var.key_arn && !aws_backup_vault.this.force_destroy && !aws_backup_vault.copy[0].force_destroy
    error_message = "The vault is encrypted with the given key, and no destroy empties it unasked."
  }

  assert {
    condition     = aws_backup_vault.copy[0].region == "eu-west-1" && aws_backup_vault.copy[0].kms_key_arn == module.copy_key[0].arn
    error_message = "Copies lie in the second region, under a key of that region."
  }
}

run "daily_and_monthly" {
  command = plan

  assert {
    condition     = { for rule in aws_backup_plan.this.rule : rule.rule_name => rule.lifecycle[0].delete_after } == { daily = 35, monthly = 372 }
    error_message = "Backups are kept as long as was asked for."
  }

  assert {
    condition = { for rule in aws_backup_plan.this.rule : rule.rule_name => [for copy in rule.copy_action : { to = copy.destination_vault_arn, days = copy.lifecycle[0].delete_after }] } == {
      daily   = [{ to = "arn:aws:backup:eu-west-1:333333333333:backup-vault:mercat-production-backups", days = 35 }]
      monthly = [{ to = "arn:aws:backup:eu-west-1:333333333333:backup-vault:mercat-production-backups", days = 372 }]
    }
    error_message = "Every backup is copied to the second region."
  }

  assert {
    condition     = alltrue([for rule in aws_backup_plan.this.rule : rule.enable_continuous_backup == false])
    error_message = "Point-in-time recovery stays RDS' own."
  }

  assert {
    condition     = toset(aws_backup_selection.this.resources) == toset(var.selected_arns)
    error_message = "What is selected is backed up."
  }
}

run "locked_against_deletion" {
  command = plan

  assert {
    condition     = aws_backup_vault_lock_configuration.this[0].min_retention_days == 7 && aws_backup_vault_lock_configuration.copy[0].min_retention_days == 7 && aws_backup_vault_lock_configuration.copy[0].region == "eu-west-1"
    error_message = "Both vaults are locked."
  }

  assert {
    condition     = aws_backup_vault_lock_configuration.this[0].changeable_for_days == null && aws_backup_vault_lock_configuration.this[0].max_retention_days == 372
    error_message = "The lock is one of governance until somebody decides otherwise, and spans every retention."
  }
}

run "locked_for_good" {
  command = plan
  variables { vault_lock_grace_days = 3 }

  assert {
    condition     = aws_backup_vault_lock_configuration.this[0].changeable_for_days == 3 && aws_backup_vault_lock_configuration.copy[0].changeable_for_days == 3
    error_message = "Compliance mode binds both vaults."
  }
}

run "without_extras" {
  command = plan
  variables {
    copy_region         = null
    copy_days           = null
    monthly_months      = 0
    vault_lock_min_days = 0
    restore_testing     = false
  }

  assert {
    condition     = length(aws_backup_vault.copy) + length(module.copy_key) + length(aws_backup_vault_lock_configuration.this) + length(aws_backup_restore_testing_plan.this) == 0
    error_message = "What is not asked for is not made."
  }

  assert {
    condition     = [for rule in aws_backup_plan.this.rule : "${rule.rule_name} ${length(rule.copy_action)}"] == ["daily 0"]
    error_message = "One rule without copies is left."
  }

  assert {
    condition     = keys(aws_cloudwatch_metric_alarm.silence) == ["backup"]
    error_message = "Without copies nobody waits for one."
  }
}

run "roles" {
  command = plan

  assert {
    condition = alltrue([for role in [aws_iam_role.backup, aws_iam_role.restore] :
      role.permissions_boundary == var.environment.boundary_arn && role.path == "/mercat/" &&
      jsondecode(role.assume_role_policy).Statement[0].Condition.StringEquals["aws:SourceAccount"] == "333333333333"
    ])
    error_message = "Both roles are bounded, and taken by AWS Backup for this account only."
  }

  assert {
    condition     = !anytrue([for attachment in aws_iam_role_policy_attachment.backup : strcontains(attachment.policy_arn, "Restore")])
    error_message = "What backs up cannot restore over it."
  }
}

run "restored_each_month" {
  command = plan

  assert {
    condition     = aws_backup_restore_testing_plan.this[0].recovery_point_selection[0].algorithm == "LATEST_WITHIN_WINDOW" && aws_backup_restore_testing_selection.this[0].protected_resource_type == "RDS"
    error_message = "The newest backup of the database is restored."
  }

  assert {
    condition     = can(regex("^[a-zA-Z0-9_]+$", aws_backup_restore_testing_plan.this[0].name)) && can(regex("^[a-zA-Z0-9_]+$", aws_backup_restore_testing_selection.this[0].name))
    error_message = "AWS takes letters, digits and underscores for these names."
  }
}

run "restored_elsewhere" {
  command = plan
  variables { restore_metadata = { dbInstanceClass = "db.t4g.medium" } }

  assert {
    condition     = aws_backup_restore_testing_selection.this[0].restore_metadata_overrides["dbInstanceClass"] == "db.t4g.medium"
    error_message = "What the caller says of the restored database reaches AWS."
  }
}

run "failure_and_silence_are_heard" {
  command = plan

  assert {
    condition     = aws_cloudwatch_event_target.failures[0].arn == var.alarm_topic_arns[0] && strcontains(aws_cloudwatch_event_rule.failures.event_pattern, "FAILED")
    error_message = "Failures are told."
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.silence : alarm.treat_missing_data == "breaching" && alarm.comparison_operator == "LessThanThreshold" && length(alarm.alarm_actions) == 1]) && length(aws_cloudwatch_metric_alarm.silence) == 2
    error_message = "The absence of successes is an alarm, for backups and for copies."
  }
}

run "wrong_values_are_refused" {
  command = plan

  variables {
    selected_arns         = []
    vault_lock_grace_days = 1
    monthly_months        = -1
    selected_volume_tag   = { key = "Backup", value = "" }
  }

  expect_failures = [var.selected_arns, var.vault_lock_grace_days, var.monthly_months, var.selected_volume_tag]
}

run "a_backup_of_everything" {
  command = plan
  variables { selected_arns = ["*"] }
  expect_failures = [var.selected_arns]
}

run "the_copy_lies_elsewhere" {
  command = plan
  variables { copy_region = "eu-central-1" }
  expect_failures = [var.copy_region]
}

run "a_copy_has_its_days" {
  command = plan
  variables { copy_days = null }
  expect_failures = [var.copy_days]
}

run "a_lock_longer_than_the_backups" {
  command = plan
  variables { vault_lock_min_days = 60 }
  expect_failures = [var.vault_lock_min_days]
}

run "a_lock_longer_than_the_copies" {
  command = plan
  variables { copy_days = 5 }
  expect_failures = [var.vault_lock_min_days]
}

run "locked_and_forced" {
  command = plan
  variables { force_destroy = true }
  expect_failures = [var.force_destroy]
}

run "days" {
  command = plan
  variables { daily_days = 0 }
  expect_failures = [var.daily_days]
}

run "volumes_are_chosen_by_their_tag" {
  command = plan

  variables {
    selected_volume_tag = { key = "Backup", value = "daily" }
  }

  assert {
    condition     = aws_backup_selection.volumes[0].resources == toset(["arn:aws:ec2:*:*:volume/*"])
    error_message = "Volumes, and nothing else."
  }
  assert {
    condition = [for condition in aws_backup_selection.volumes[0].condition : [for equals in condition.string_equals : "${equals.key}=${equals.value}"]] == [
      ["aws:ResourceTag/Backup=daily"]
    ]
    error_message = "Only those that bear the tag: both must hold, where selection_tag would take either."
  }
}

run "no_volumes_unasked" {
  command = plan

  assert {
    condition     = length(aws_backup_selection.volumes) == 0
    error_message = "Without a tag no volume is backed up."
  }
}
