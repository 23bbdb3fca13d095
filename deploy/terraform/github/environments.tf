locals {
  pull_requests = "refs/pull/*/merge"

  # A job reaches AWS only through one of these: each is the subject that a role trusts (../bootstrap).
  environments = {
    development = { stage = "development", plan = false, approved = false, wait = 0, branches = ["main"], tags = [] }
    staging     = { stage = "staging", plan = false, approved = true, wait = 0, branches = ["main"], tags = ["v*"] }
    production  = { stage = "production", plan = false, approved = true, wait = var.production_wait_minutes, branches = ["main"], tags = ["v*"] }

    # Plans read. Those of development and staging run for pull requests too, so with code that nobody has reviewed yet;
    # production shows itself to reviewed code only.
    development-plan = { stage = "development", plan = true, approved = false, wait = 0, branches = ["main", local.pull_requests], tags = [] }
    staging-plan     = { stage = "staging", plan = true, approved = false, wait = 0, branches = ["main", local.pull_requests], tags = [] }
    production-plan  = { stage = "production", plan = true, approved = false, wait = 0, branches = ["main"], tags = ["v*"] }
  }

  refs = merge(flatten([for name, environment in local.environments : [
    { for branch in environment.branches : "${name} branch ${branch}" => { environment = name, branch = branch, tag = null } },
    { for tag in environment.tags : "${name} tag ${tag}" => { environment = name, branch = null, tag = tag } },
  ]])...)
}

data "github_team" "reviewers" {
  for_each = toset(local.organisation.github.reviewers)

  slug         = each.value
  summary_only = true
}

# Who approves deployments must see the code, and also makes releases (see the ruleset of release tags).
resource "github_team_repository" "reviewers" {
  for_each = data.github_team.reviewers

  team_id    = each.value.id
  repository = github_repository.this.name
  permission = "maintain"
}

resource "github_repository_environment" "this" {
  for_each = local.environments

  repository          = github_repository.this.name
  environment         = each.key
  wait_timer          = each.value.wait
  can_admins_bypass   = false
  prevent_self_review = each.value.approved

  dynamic "reviewers" {
    for_each = each.value.approved ? [1] : []

    content {
      teams = [for team in data.github_team.reviewers : team.id]
    }
  }

  deployment_branch_policy {
    protected_branches     = false
    custom_branch_policies = true
  }

  depends_on = [github_team_repository.reviewers]

  lifecycle {
    precondition {
      condition     = !each.value.approved || length(local.organisation.github.reviewers) > 0
      error_message = "${each.key} needs somebody who approves: name a team in settings/organisation.tf, github.reviewers."
    }
    precondition {
      condition     = length(local.organisation.github.reviewers) <= 6
      error_message = "GitHub takes at most 6 reviewers of an environment: shorten github.reviewers in settings/organisation.tf."
    }
  }
}

resource "github_repository_environment_deployment_policy" "this" {
  for_each = local.refs

  repository     = github_repository.this.name
  environment    = github_repository_environment.this[each.value.environment].environment
  branch_pattern = each.value.branch
  tag_pattern    = each.value.tag
}
