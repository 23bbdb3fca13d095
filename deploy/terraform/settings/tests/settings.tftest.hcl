run "an_environment_has_an_account" {
  command = plan
  variables { environment = "production" }

  assert {
    condition     = output.environment.name == "${output.organisation.project}-production" && output.environment.account_id == output.organisation.accounts.production
    error_message = "Names begin with the project's, the account is the environment's own."
  }
}

run "an_environment_without_one_is_unknown" {
  command = plan
  variables { environment = "test" }
  expect_failures = [var.environment]
}
