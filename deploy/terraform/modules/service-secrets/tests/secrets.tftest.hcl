mock_provider "aws" {
  override_during = plan
}

variables {
  environment = { secrets_prefix = "mercat/test", secret_days = 7 }
  services    = ["orders", "payments"]
  key_arn     = "arn:aws:kms:eu-central-1:111111111111:key/abc"
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

run "no_service" {
  command = plan
  variables { services = [] }
  expect_failures = [var.services]
}
