# The real settings: every environment can be prepared as it stands there. Then settings that change what is made.
mock_provider "aws" {
  override_during = plan
  source          = "./tests/mocks"
}

variables {
  environment = "development"
}

run "development" {
  command = plan
  assert {
    condition     = alltrue([for role in aws_iam_role.this : startswith(role.name, "${module.settings.environment.name}-")])
    error_message = "Roles bear the environment's name."
  }
}

run "staging" {
  command = plan
  variables { environment = "staging" }

  assert {
    condition     = strcontains(output.backend_tf, module.settings.environment.state_bucket)
    error_message = "The state lies in the bucket that the settings name."
  }
}

run "production" {
  command = plan
  variables { environment = "production" }

  assert {
    condition     = strcontains(aws_iam_policy.boundary.policy, "NobodyStopsTheTrail")
    error_message = "Production is guarded."
  }

  assert {
    condition     = alltrue([for policy in concat([aws_iam_policy.boundary], values(aws_iam_policy.this)) : length(policy.policy) <= 6144])
    error_message = "IAM takes no managed policy of more than 6144 characters: split it."
  }
}

run "what_is_guarded_is_guarded_from_terraform_too" {
  command = plan

  override_module {
    target = module.settings
    outputs = {
      organisation = { project = "mercat", region = "eu-central-1", copy_region = "eu-west-1", github = { owner = "example", repository = "mercat" } }
      environment = {
        name           = "mercat-production", account_id = "111111111111", tags = {}, state_bucket = "mercat-production-111111111111-state"
        secrets_prefix = "mercat/production", parameters = "/mercat/production", deletion_protection = true, empty_on_destroy = false, images_account = "222222222222"
        boundary_arn   = "arn:aws:iam::111111111111:policy/mercat/mercat-production-boundary"
        role_arns      = { plan = "arn:aws:iam::111111111111:role/mercat/mercat-production-plan", apply = "arn:aws:iam::111111111111:role/mercat/mercat-production-apply", release = "arn:aws:iam::111111111111:role/mercat/mercat-production-release", deploy = "arn:aws:iam::111111111111:role/mercat/mercat-production-deploy" }
      }
    }
  }

  assert {
    condition = length([for statement in jsondecode(aws_iam_policy.boundary.policy).Statement : statement
    if statement.Sid == "NobodyStopsTheTrail" && contains(flatten([try(statement.Action, [])]), "cloudtrail:StopLogging") && !can(statement.Condition)]) == 1
    error_message = "Under deletion protection nobody of ours stops the trail."
  }

  assert {
    condition = length(setsubtract(
      ["backup:DeleteRecoveryPoint", "backup:DeleteBackupVaultLockConfiguration", "rds:DeleteDBInstanceAutomatedBackup", "s3:BypassGovernanceRetention", "kms:ScheduleKeyDeletion"],
      flatten([for statement in jsondecode(aws_iam_policy.boundary.policy).Statement : statement.Action
      if statement.Effect == "Deny" && try(statement.Resource, "") == "*" && !can(statement.Condition) && can(statement.Action)])
    )) == 0
    error_message = "Under deletion protection no role of ours ends a backup, or the key that opens it, whoever made the role."
  }

  assert {
    condition     = !contains(flatten([for statement in jsondecode(aws_iam_policy.this["apply-data"].policy).Statement : statement.Action]), "s3:DeleteObjectVersion")
    error_message = "Under deletion protection Terraform empties no bucket."
  }

  assert {
    condition     = alltrue([for policy in concat([aws_iam_policy.boundary], values(aws_iam_policy.this)) : length(policy.policy) <= 6144])
    error_message = "IAM takes no managed policy of more than 6144 characters: split it."
  }
}

run "younger_repositories_name_their_numbers" {
  command = plan

  override_module {
    target = module.settings
    outputs = {
      organisation = {
        project = "mercat", region = "eu-central-1", copy_region = "eu-west-1"
        github  = { owner = "example", repository = "mercat", owner_id = "123", repository_id = "456" }
      }
      environment = {
        name           = "mercat-development", account_id = "111111111111", tags = {}, state_bucket = "mercat-development-111111111111-state"
        secrets_prefix = "mercat/development", parameters = "/mercat/development", deletion_protection = false, empty_on_destroy = true, images_account = null
        boundary_arn   = "arn:aws:iam::111111111111:policy/mercat/mercat-development-boundary"
        role_arns      = { plan = "arn:aws:iam::111111111111:role/mercat/mercat-development-plan", apply = "arn:aws:iam::111111111111:role/mercat/mercat-development-apply", release = "arn:aws:iam::111111111111:role/mercat/mercat-development-release", deploy = "arn:aws:iam::111111111111:role/mercat/mercat-development-deploy" }
      }
    }
  }

  assert {
    condition     = jsondecode(aws_iam_role.this["apply"].assume_role_policy).Statement[0].Condition.StringEquals["token.actions.githubusercontent.com:sub"] == "repo:example@123/mercat@456:environment:development"
    error_message = "With numbers in the settings the subject holds them."
  }
}

run "the_settings_must_name_this_boundary" {
  command = plan

  override_module {
    target = module.settings
    outputs = {
      organisation = { project = "mercat", region = "eu-central-1", copy_region = "eu-west-1", github = { owner = "example", repository = "mercat" } }
      environment = {
        name           = "mercat-development", account_id = "111111111111", tags = {}, state_bucket = "mercat-development-111111111111-state"
        secrets_prefix = "mercat/development", parameters = "/mercat/development", deletion_protection = false, empty_on_destroy = true, images_account = null
        boundary_arn   = "arn:aws:iam::111111111111:policy/other"
        role_arns      = { plan = "arn:aws:iam::111111111111:role/mercat/mercat-development-plan", apply = "arn:aws:iam::111111111111:role/mercat/mercat-development-apply", release = "arn:aws:iam::111111111111:role/mercat/mercat-development-release", deploy = "arn:aws:iam::111111111111:role/mercat/mercat-development-deploy" }
      }
    }
  }

  expect_failures = [aws_iam_policy.boundary]
}
