mock_provider "aws" {
  override_during = plan
}

variables {
  name        = "mercat-test-backups-copy"
  description = "Copies of the backups of mercat-test"
  region      = "eu-west-1"
  account_id  = "111111111111"
  services    = ["backup", "rds"]
}

run "it_lies_in_the_second_region" {
  command = plan

  assert {
    condition     = aws_kms_key.this.region == "eu-west-1" && aws_kms_alias.this.region == "eu-west-1" && aws_kms_alias.this.name == "alias/mercat-test-backups-copy"
    error_message = "Key and alias lie in the second region."
  }

  assert {
    condition     = aws_kms_key.this.enable_key_rotation && aws_kms_key.this.deletion_window_in_days == 30
    error_message = "The key rotates, and its deletion can be thought better of for 30 days."
  }
}

run "it_is_used_through_services_only" {
  command = plan

  assert {
    condition = !strcontains(aws_kms_key.this.policy, "kms:*") && alltrue([for statement in jsondecode(aws_kms_key.this.policy).Statement :
      try(statement.Condition.StringEquals["kms:ViaService"], []) == ["backup.eu-west-1.amazonaws.com", "rds.eu-west-1.amazonaws.com"] &&
      statement.Condition.StringEquals["kms:CallerAccount"] == "111111111111" if contains(statement.Action, "kms:Decrypt")
    ])
    error_message = "Who decrypts with it does so through a service that copies, in this account."
  }

  assert {
    condition = alltrue([for statement in jsondecode(aws_kms_key.this.policy).Statement :
      can(statement.Condition) if length(setintersection(statement.Action, ["kms:Encrypt", "kms:Decrypt", "kms:CreateGrant", "kms:RetireGrant"])) > 0
    ])
    error_message = "No use without a condition."
  }
}

run "it_knows_what_services_ask" {
  command = plan

  assert {
    condition = length(setsubtract(["kms:CreateAlias", "kms:DeleteAlias"], flatten([
      for statement in jsondecode(aws_kms_key.this.policy).Statement : statement.Action if !can(statement.Condition)
    ]))) == 0
    error_message = "KMS asks the key's own policy too before it takes or drops an alias."
  }

  assert {
    condition     = contains(flatten([for statement in jsondecode(aws_kms_key.this.policy).Statement : statement.Action if can(statement.Condition.StringEquals)]), "kms:RetireGrant")
    error_message = "AWS Backup makes no vault with a key whose grants its maker may not retire."
  }

  assert {
    condition     = [for statement in jsondecode(aws_kms_key.this.policy).Statement : contains(statement.Action, "kms:CreateGrant") if can(statement.Condition.Bool["kms:GrantIsForAWSResource"])] == [true]
    error_message = "Services hand grants on among themselves."
  }
}

run "wrong_values_are_refused" {
  command = plan

  variables {
    region     = "Ireland"
    account_id = "mine"
    name       = "alias/mine"
    services   = []
  }

  expect_failures = [var.region, var.account_id, var.name, var.services]
}
