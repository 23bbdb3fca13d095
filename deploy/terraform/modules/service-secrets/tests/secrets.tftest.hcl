mock_provider "aws" {
  override_during = plan
}

variables {
  services             = ["orders", "payments"]
  secrets_prefix       = "mercat/test"
  key_arn              = "arn:aws:kms:eu-central-1:111111111111:key/abc"
  secret_recovery_days = 7
}

run "one_place_a_service" {
  command = plan

  assert {
    condition     = toset([for secret in aws_secretsmanager_secret.settings : secret.name]) == toset(["mercat/test/orders/settings", "mercat/test/payments/settings"])
    error_message = "Each service has a secret of its own, below the environment's prefix, where external-secrets may read."
  }
  assert {
    condition     = alltrue([for secret in aws_secretsmanager_secret.settings : secret.kms_key_id == var.key_arn && secret.recovery_window_in_days == 7])
    error_message = "It is encrypted with the environment's key, and a deletion can be undone."
  }
  assert {
    condition     = aws_secretsmanager_secret.settings["orders"].tags.Service == "orders"
    error_message = "It bears its service's name for the bill."
  }
}

run "a_prefix_without_an_environment" {
  command = plan
  variables { secrets_prefix = "mercat" }
  expect_failures = [var.secrets_prefix]
}

run "a_secret_that_cannot_be_brought_back" {
  command = plan
  variables { secret_recovery_days = 0 }
  expect_failures = [var.secret_recovery_days]
}

run "no_service" {
  command = plan
  variables { services = [] }
  expect_failures = [var.services]
}
