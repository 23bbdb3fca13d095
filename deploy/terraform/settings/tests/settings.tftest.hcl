run "an_environment_has_an_account" {
  command = plan
  variables { environment = "production" }

  assert {
    condition     = output.environment.name == "${output.organisation.project}-production" && output.environment.account_id == output.organisation.accounts.production
    error_message = "Names begin with the project's, the account is the environment's own."
  }
}

run "development_may_be_tried_without_a_domain" {
  command = plan
  variables { environment = "development" }

  assert {
    condition     = output.environment.domain == null && output.environment.internal_domain == "development.mercat.internal"
    error_message = "Its names inside the VPC need no domain."
  }
}

run "an_environment_without_one_is_unknown" {
  command = plan
  variables { environment = "test" }
  expect_failures = [var.environment]
}
