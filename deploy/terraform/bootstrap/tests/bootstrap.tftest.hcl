mock_provider "aws" {
  override_during = plan
  source          = "./tests/mocks"
}

variables {
  environment = "development"
}

# Settings of our own, so that these tests hold whoever's store it is; tests/settings.tftest.hcl tries the real ones.
override_module {
  target = module.settings
  outputs = {
    organisation = { project = "mercat", region = "eu-central-1", copy_region = "eu-west-1", github = { owner = "example", repository = "mercat" } }
    environment = {
      name           = "mercat-development", account_id = "111111111111", tags = {}, state_bucket = "mercat-development-111111111111-state"
      secrets_prefix = "mercat/development", parameters = "/mercat/development", deletion_protection = false, empty_on_destroy = true, images_account = null
      boundary_arn   = "arn:aws:iam::111111111111:policy/mercat/mercat-development-boundary"
      role_arns      = { plan = "arn:aws:iam::111111111111:role/mercat/mercat-development-plan", apply = "arn:aws:iam::111111111111:role/mercat/mercat-development-apply", release = "arn:aws:iam::111111111111:role/mercat/mercat-development-release", deploy = "arn:aws:iam::111111111111:role/mercat/mercat-development-deploy" }
    }
  }
}

run "state_is_kept_and_encrypted" {
  command = plan

  assert {
    condition     = aws_kms_key.state.enable_key_rotation && aws_kms_key.state.deletion_window_in_days == 30
    error_message = "The state's key rotates and waits 30 days for its deletion."
  }

  assert {
    condition     = strcontains(output.backend_tf, "use_lockfile = true") && strcontains(output.backend_hcl, "mercat-development-111111111111-state")
    error_message = "The state locks, and lies in this account's bucket."
  }
}

run "trust_is_letter_by_letter" {
  command = plan

  assert {
    condition = alltrue([for role in aws_iam_role.this : alltrue([for statement in jsondecode(role.assume_role_policy).Statement :
      keys(statement.Condition) == ["StringEquals"] && statement.Condition.StringEquals["token.actions.githubusercontent.com:aud"] == "sts.amazonaws.com"
      && !strcontains(statement.Condition.StringEquals["token.actions.githubusercontent.com:sub"], "*")
    ])])
    error_message = "Only tokens for AWS, compared without wildcards."
  }

  assert {
    condition = { for task, role in aws_iam_role.this : task => jsondecode(role.assume_role_policy).Statement[0].Condition.StringEquals["token.actions.githubusercontent.com:sub"] } == {
      plan    = "repo:example/mercat:environment:development-plan"
      apply   = "repo:example/mercat:environment:development"
      release = "repo:example/mercat:environment:development"
      deploy  = "repo:example/mercat:environment:development"
    }
    error_message = "Plans come from their own environment, everything else from the guarded one."
  }

  assert {
    condition     = alltrue([for role in aws_iam_role.this : role.path == "/mercat/" && role.permissions_boundary == aws_iam_policy.boundary.arn])
    error_message = "The pipeline's own roles are bounded too."
  }
}

run "boundary_is_what_the_settings_say" {
  command = plan

  assert {
    condition     = aws_iam_policy.boundary.name == "mercat-development-boundary" && aws_iam_policy.boundary.path == "/mercat/"
    error_message = "The boundary's name and path make the ARN in the settings."
  }

  assert {
    condition = alltrue([for statement in jsondecode(aws_iam_policy.boundary.policy).Statement :
      !contains(flatten([statement.Action]), "*") && (!contains(flatten([statement.Action]), "iam:*") || can(statement.Condition.ArnEquals["aws:PrincipalArn"]))
    if statement.Effect == "Allow"])
    error_message = "The boundary does not allow everything, and IAM to Terraform's role only."
  }

  assert {
    condition = length(setsubtract(
      ["NobodyLeaves", "NobodyMakesOneOutside", "NobodyChangesWhatHoldsThem", "NobodyMakesKeysForPeople", "OtherRegions", "StateForTerraformOnly", "StateKeepsItsGuards", "WatchersForTerraformOnly"],
    [for statement in jsondecode(aws_iam_policy.boundary.policy).Statement : statement.Sid if statement.Effect == "Deny"])) == 0
    error_message = "The boundary forbids to leave it, to widen it, to make keys, and to touch state and audit."
  }

  assert {
    condition = one([for statement in jsondecode(aws_iam_policy.boundary.policy).Statement : statement.Condition.StringNotEquals["aws:RequestedRegion"]
    if statement.Sid == "OtherRegions"]) == ["eu-central-1", "eu-west-1", "us-east-1"]
    error_message = "Only our regions."
  }

  assert {
    condition     = !contains([for statement in jsondecode(aws_iam_policy.boundary.policy).Statement : statement.Sid], "NobodyStopsTheTrail")
    error_message = "In development a destroy may end."
  }
}

run "nothing_is_allowed_wholesale" {
  command = plan

  assert {
    condition = alltrue(flatten([for policy in aws_iam_policy.this : [for statement in jsondecode(policy.policy).Statement : [
      for action in statement.Action : !endswith(action, ":*") && action != "*"
    ]]]))
    error_message = "No policy allows a whole service."
  }

  assert {
    condition = alltrue(flatten([for policy in aws_iam_policy.this : [for statement in jsondecode(policy.policy).Statement : [
      for action in statement.Action : !startswith(action, "iam:") || startswith(action, "iam:Get") || startswith(action, "iam:List") || endswith(action, "AccountPasswordPolicy")
    ] if contains(flatten([statement.Resource]), "*")]]))
    error_message = "Writes to IAM name what they write to."
  }

  assert {
    condition = alltrue(flatten([for policy in aws_iam_policy.this : [for statement in jsondecode(policy.policy).Statement :
      can(statement.Condition.StringEquals["iam:PassedToService"]) && !contains(flatten([statement.Resource]), "*") if contains(statement.Action, "iam:PassRole")
    ]]))
    error_message = "Roles are handed only to the services that take them."
  }

  assert {
    condition = alltrue(flatten([for policy in aws_iam_policy.this : [for statement in jsondecode(policy.policy).Statement :
      statement.Condition.StringEquals["iam:PermissionsBoundary"] == "arn:aws:iam::111111111111:policy/mercat/mercat-development-boundary"
      if contains(statement.Action, "iam:CreateRole") || contains(statement.Action, "iam:CreateUser")
    ]]))
    error_message = "Roles and users are made with the boundary only."
  }

  assert {
    condition     = alltrue([for policy in concat([aws_iam_policy.boundary], values(aws_iam_policy.this)) : length(policy.policy) <= 6144])
    error_message = "IAM takes no managed policy of more than 6144 characters: split it."
  }
}

run "plans_read_settings_only" {
  command = plan

  assert {
    condition     = toset([for key, attachment in aws_iam_role_policy_attachment.this : key if startswith(key, "plan ")]) == toset(["plan read", "plan plan"])
    error_message = "The plan role reads, and does nothing else."
  }

  assert {
    condition = length(setintersection(
      flatten([for name in ["read", "plan"] : [for statement in jsondecode(aws_iam_policy.this[name].policy).Statement : statement.Action]]),
    ["secretsmanager:GetSecretValue", "logs:GetLogEvents", "logs:FilterLogEvents", "logs:Get*", "s3:Get*", "ec2:Get*", "ecr:GetAuthorizationToken", "sqs:ReceiveMessage"])) == 0
    error_message = "A plan reads no secret, no log and no object."
  }

  assert {
    condition = alltrue(flatten([for statement in jsondecode(aws_iam_policy.this["plan"].policy).Statement : [for resource in statement.Resource : endswith(resource, ".tflock")]
    if contains(statement.Action, "s3:PutObject") || contains(statement.Action, "s3:DeleteObject")]))
    error_message = "A plan writes locks only."
  }

  assert {
    condition = alltrue(flatten([for statement in jsondecode(aws_iam_policy.this["read"].policy).Statement : [for action in statement.Action :
      anytrue([for verb in ["Get", "List", "Describe", "BatchGet", "View"] : startswith(split(":", action)[1], verb)])
    ]]))
    error_message = "Reading reads."
  }
}

run "one_secret_is_read_and_by_an_apply_alone" {
  command = plan

  assert {
    condition = { for name, policy in aws_iam_policy.this : name => flatten([for statement in jsondecode(policy.policy).Statement : statement.Resource
      if contains(flatten([statement.Action]), "secretsmanager:GetSecretValue")]) if strcontains(policy.policy, "GetSecretValue") && name != "boundary"
    } == { "apply-state" = ["arn:aws:secretsmanager:eu-central-1:111111111111:secret:mercat/development/database-master-*"] }
    error_message = "Write-only secrets are refreshed without their value: only the master's, which the database gets, is read."
  }
}

run "releases_and_deployments_are_small" {
  command = plan

  assert {
    condition = alltrue(flatten([for statement in jsondecode(aws_iam_policy.this["release"].policy).Statement : [for action in statement.Action : startswith(action, "ecr:") || startswith(action, "inspector2:List")]])) && contains(
    flatten([for statement in jsondecode(aws_iam_policy.this["release"].policy).Statement : statement.Resource]), "arn:aws:ecr:eu-central-1:111111111111:repository/mercat/*")
    error_message = "A release pushes to mercat/* and does nothing else."
  }

  assert {
    condition     = !strcontains(aws_iam_policy.this["deploy"].policy, "\"s3:")
    error_message = "A deployment touches no bucket."
  }
}

run "no_administrator_through_the_back_door" {
  command = plan

  assert {
    condition = alltrue(flatten([for statement in jsondecode(aws_iam_policy.this["apply-identity"].policy).Statement : [for arn in statement.Condition.ArnLike["iam:PolicyARN"] :
    !endswith(arn, "policy/*") && !strcontains(arn, "Administrator") && !strcontains(arn, "PowerUser")] if contains(statement.Action, "iam:AttachRolePolicy")]))
    error_message = "Terraform attaches policies of services and of ours only."
  }

  assert {
    condition = alltrue(flatten([for statement in jsondecode(aws_iam_policy.this["apply-identity"].policy).Statement : [for resource in flatten([statement.Resource]) :
    strcontains(resource, "/mercat/mercat-development-") || strcontains(resource, "role/aws-service-role/") if resource != "*"]]))
    error_message = "Terraform writes IAM below /mercat/ and under this environment's names only."
  }
}
