mock_provider "github" {
  override_during = plan

  mock_data "github_team" {
    defaults = { id = "4711" }
  }
}

variables {
  workflows = "tests/workflows"
}

override_module {
  target = module.settings["development"]
  outputs = {
    organisation = {}
    environment  = { name = "mercat-development", account_id = "111111111111", domain = "development.shop.example.com", role_arns = { plan = "arn:aws:iam::111111111111:role/mercat/mercat-development-plan", apply = "arn:aws:iam::111111111111:role/mercat/mercat-development-apply", release = "arn:aws:iam::111111111111:role/mercat/mercat-development-release", deploy = "arn:aws:iam::111111111111:role/mercat/mercat-development-deploy" } }
  }
}

override_module {
  target = module.settings["staging"]
  outputs = {
    organisation = {}
    environment  = { name = "mercat-staging", account_id = "222222222222", domain = "staging.shop.example.com", role_arns = { plan = "arn:aws:iam::222222222222:role/mercat/mercat-staging-plan", apply = "arn:aws:iam::222222222222:role/mercat/mercat-staging-apply", release = "arn:aws:iam::222222222222:role/mercat/mercat-staging-release", deploy = "arn:aws:iam::222222222222:role/mercat/mercat-staging-deploy" } }
  }
}

override_module {
  target = module.settings["production"]
  outputs = {
    organisation = { region = "eu-central-1", github = { owner = "example", repository = "mercat", reviewers = ["platform"] } }
    environment  = { name = "mercat-production", account_id = "333333333333", domain = "shop.example.com", role_arns = { plan = "arn:aws:iam::333333333333:role/mercat/mercat-production-plan", apply = "arn:aws:iam::333333333333:role/mercat/mercat-production-apply", release = "arn:aws:iam::333333333333:role/mercat/mercat-production-release", deploy = "arn:aws:iam::333333333333:role/mercat/mercat-production-deploy" } }
  }
}

override_data {
  target          = data.github_actions_environment_secrets.this["development"]
  override_during = plan
  values          = { secrets = [{ name = "SLACK_WEBHOOK_URL" }] }
}

override_data {
  target          = data.github_actions_environment_secrets.this["staging"]
  override_during = plan
  values          = { secrets = [{ name = "SLACK_WEBHOOK_URL" }] }
}

override_data {
  target          = data.github_actions_environment_secrets.this["production"]
  override_during = plan
  values          = { secrets = [{ name = "SLACK_WEBHOOK_URL" }] }
}

# Applied, because secrets are read only once the environments that hold them exist; the later runs plan on top of it.
run "repository_is_guarded" {
  command = apply

  assert {
    condition     = github_repository.this.allow_squash_merge && !github_repository.this.allow_merge_commit && !github_repository.this.allow_rebase_merge
    error_message = "Pull requests are squashed, and nothing else."
  }

  assert {
    condition     = github_repository.this.delete_branch_on_merge && github_repository.this.vulnerability_alerts && github_repository.this.archive_on_destroy
    error_message = "Merged branches go, holes in dependencies are reported, a destroy only archives."
  }

  assert {
    condition     = github_repository.this.visibility == "private"
    error_message = "The repository is private unless somebody decides otherwise."
  }

  assert {
    condition = alltrue(flatten([for settings in github_repository.this.security_and_analysis : [
      [for scanning in settings.secret_scanning : scanning.status == "enabled"], [for protection in settings.secret_scanning_push_protection : protection.status == "enabled"]
    ]]))
    error_message = "Secrets are searched for, also while they are pushed."
  }

  assert {
    condition     = github_workflow_repository_permissions.this.default_workflow_permissions == "read" && !github_workflow_repository_permissions.this.can_approve_pull_request_reviews
    error_message = "A workflow's token reads, and approves nothing."
  }

  assert {
    condition     = github_actions_repository_permissions.this.sha_pinning_required && github_actions_repository_permissions.this.allowed_actions == "selected"
    error_message = "Only named actions run, pinned to a commit."
  }
}

run "main_takes_reviewed_and_tested_commits_only" {
  command = plan

  assert {
    condition     = github_repository_ruleset.main.enforcement == "active" && length(github_repository_ruleset.main.bypass_actors) == 0
    error_message = "The rules of main hold for everybody."
  }

  assert {
    condition     = alltrue([for rules in github_repository_ruleset.main.rules : rules.deletion && rules.non_fast_forward && rules.required_linear_history && rules.required_signatures])
    error_message = "main is not deleted or forced, is linear and signed."
  }

  assert {
    condition = alltrue(flatten([for rules in github_repository_ruleset.main.rules : [for request in rules.pull_request :
    request.required_approving_review_count >= 1 && request.require_last_push_approval && request.dismiss_stale_reviews_on_push && request.allowed_merge_methods == tolist(["squash"])]]))
    error_message = "Somebody else approves what is merged, and nothing is pushed after the approval."
  }

  assert {
    condition = alltrue(flatten([for rules in github_repository_ruleset.main.rules : [for checks in rules.required_status_checks :
    checks.strict_required_status_checks_policy && toset([for check in checks.required_check : check.context]) == toset(local.required_checks)]]))
    error_message = "All listed checks pass on the newest main."
  }

  assert {
    condition     = alltrue(flatten([for rules in github_repository_ruleset.main.rules : [for checks in rules.required_status_checks : [for check in checks.required_check : check.integration_id == 15368]]]))
    error_message = "Only GitHub Actions can report a required check."
  }
}

run "a_queue_tests_on_the_newest_main_instead_of_the_branch" {
  command = plan
  variables { merge_queue = true }

  assert {
    condition = alltrue([for rules in github_repository_ruleset.main.rules : length(rules.merge_queue) == 1 && alltrue([
    for checks in rules.required_status_checks : !checks.strict_required_status_checks_policy])])
    error_message = "With a queue no branch needs to be brought up to date by hand."
  }
}

run "a_check_that_nobody_reports_blocks_nobody" {
  command = plan
  variables { workflows = "tests/no-workflows" }

  assert {
    condition     = alltrue([for rules in github_repository_ruleset.main.rules : length(rules.required_status_checks) == 0 && length(rules.pull_request) == 1])
    error_message = "Without workflows main demands a review, and no check that could never pass."
  }

  expect_failures = [check.checks_are_reported]
}

run "releases_never_move" {
  command = plan

  assert {
    condition = length(github_repository_ruleset.releases.bypass_actors) == 0 && alltrue([
    for rules in github_repository_ruleset.releases.rules : rules.update && rules.deletion && rules.non_fast_forward])
    error_message = "Nobody moves or deletes a release tag."
  }

  assert {
    condition = alltrue([for rules in github_repository_ruleset.release_makers.rules : rules.creation]) && alltrue([
    for actor in github_repository_ruleset.release_makers.bypass_actors : actor.actor_type == "RepositoryRole" && actor.actor_id == 2])
    error_message = "Only maintainers make release tags."
  }
}

run "environments_guard_the_accounts" {
  command = plan

  assert {
    condition = toset(keys(github_repository_environment.this)) == toset([
    "development", "staging", "production", "development-plan", "staging-plan", "production-plan"])
    error_message = "Each stage has an environment for changes and one for plans."
  }

  assert {
    condition = alltrue([for name in ["staging", "production"] :
    github_repository_environment.this[name].prevent_self_review && length(github_repository_environment.this[name].reviewers) == 1])
    error_message = "Somebody else approves a deployment to staging and production."
  }

  assert {
    condition     = github_repository_environment.this["production"].wait_timer == 10
    error_message = "A deployment to production can be called back for 10 minutes."
  }

  assert {
    condition     = alltrue([for environment in github_repository_environment.this : !environment.can_admins_bypass])
    error_message = "Administrators wait as well."
  }

  assert {
    condition = alltrue([for environment in github_repository_environment.this : alltrue([
    for policy in environment.deployment_branch_policy : policy.custom_branch_policies && !policy.protected_branches])])
    error_message = "Every environment names the refs that may use it."
  }

  assert {
    condition = alltrue([for policy in github_repository_environment_deployment_policy.this :
    policy.branch_pattern == "main" || policy.tag_pattern == "v*" if startswith(policy.environment, "production")])
    error_message = "Production is reached from main and release tags only, also by plans."
  }

  assert {
    condition = toset([for policy in github_repository_environment_deployment_policy.this : policy.environment if policy.branch_pattern == "refs/pull/*/merge"]) == toset([
    "development-plan", "staging-plan"])
    error_message = "Code that nobody has reviewed may plan development and staging, and change nothing."
  }
}

run "each_environment_knows_its_own_roles_only" {
  command = plan

  assert {
    condition     = github_actions_environment_variable.this["production AWS_APPLY_ROLE"].value == "arn:aws:iam::333333333333:role/mercat/mercat-production-apply"
    error_message = "The role's ARN is computed from the settings."
  }

  assert {
    condition = alltrue([for variable in github_actions_environment_variable.this :
    variable.variable_name == "AWS_PLAN_ROLE" if endswith(variable.environment, "-plan") && endswith(variable.variable_name, "_ROLE")])
    error_message = "Plan environments know the plan role, and no other."
  }

  assert {
    condition     = toset([for variable in github_actions_environment_variable.this : variable.variable_name if variable.environment == "production"]) == toset(local.required_variables["production"])
    error_message = "An environment gets the variables of lists.tf."
  }

  assert {
    condition     = github_actions_environment_variable.this["staging-plan AWS_ACCOUNT_ID"].value == "222222222222"
    error_message = "Each environment has the account of its stage."
  }
}

run "missing_secrets_are_named" {
  command = plan

  override_data {
    target          = data.github_actions_environment_secrets.this["production"]
    override_during = plan
    values          = { secrets = [] }
  }

  expect_failures = [check.secrets_are_entered]
}

run "staging_needs_an_approver" {
  command = plan

  override_module {
    target = module.settings["production"]
    outputs = {
      organisation = { region = "eu-central-1", github = { owner = "example", repository = "mercat", reviewers = [] } }
      environment  = { name = "mercat-production", account_id = "333333333333", domain = "shop.example.com", role_arns = { plan = "arn:aws:iam::333333333333:role/mercat/mercat-production-plan", apply = "arn:aws:iam::333333333333:role/mercat/mercat-production-apply", release = "arn:aws:iam::333333333333:role/mercat/mercat-production-release", deploy = "arn:aws:iam::333333333333:role/mercat/mercat-production-deploy" } }
    }
  }

  expect_failures = [github_repository_environment.this]
}

run "no_more_approvers_than_github_takes" {
  command = plan

  override_module {
    target = module.settings["production"]
    outputs = {
      organisation = { region = "eu-central-1", github = { owner = "example", repository = "mercat", reviewers = ["a", "b", "c", "d", "e", "f", "g"] } }
      environment  = { name = "mercat-production", account_id = "333333333333", domain = "shop.example.com", role_arns = { plan = "arn:aws:iam::333333333333:role/mercat/mercat-production-plan", apply = "arn:aws:iam::333333333333:role/mercat/mercat-production-apply", release = "arn:aws:iam::333333333333:role/mercat/mercat-production-release", deploy = "arn:aws:iam::333333333333:role/mercat/mercat-production-deploy" } }
    }
  }

  expect_failures = [github_repository_environment.this]
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
