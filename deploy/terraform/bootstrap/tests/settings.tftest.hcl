# The real settings: every environment can be prepared as it stands there.
mock_provider "aws" {
  override_during = plan

  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:eu-central-1:111111111111:key/11111111-2222-3333-4444-555555555555" }
  }
}

run "development" {
  command = plan
  variables { environment = "development" }

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
