mock_provider "github" {
  override_during = plan

  mock_data "github_team" {
    defaults = { id = "4711" }
  }
}

variables {
  workflows = "tests/workflows"
}

run "visibility_is_known" {
  command = plan
  variables { visibility = "secret" }
  expect_failures = [var.visibility]
}

run "public_code_is_searched_for_secrets" {
  command = plan

  variables {
    visibility        = "public"
    secret_protection = false
  }

  expect_failures = [var.secret_protection]
}
