mock_provider "github" {
  override_during = plan

  mock_data "github_team" {
    defaults = { id = "4711" }
  }
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

run "nobody_merges_alone" {
  command = plan
  variables { approvals = 0 }
  expect_failures = [var.approvals]
}

run "waiting_has_an_end" {
  command = plan
  variables { production_wait_minutes = 50000 }
  expect_failures = [var.production_wait_minutes]
}
