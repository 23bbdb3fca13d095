resource "github_repository" "this" {
  #checkov:skip=CKV_GIT_1:Whether the source is open is the team's choice; the default is private.
  name        = local.organisation.github.repository
  description = "A store backend that never oversells, never charges twice and loses no acknowledged order"
  visibility  = var.visibility

  has_issues   = true
  has_projects = false
  has_wiki     = false

  # One commit per pull request: main reads as a list of decisions, and each can be taken back alone.
  allow_squash_merge          = true
  allow_merge_commit          = false
  allow_rebase_merge          = false
  squash_merge_commit_title   = "PR_TITLE"
  squash_merge_commit_message = "PR_BODY"

  allow_auto_merge       = true
  allow_update_branch    = true
  delete_branch_on_merge = true

  vulnerability_alerts = true

  # A destroy archives, so that it can be taken back: a repository made anew has another identity, which AWS would not trust.
  archive_on_destroy = true

  security_and_analysis {
    secret_scanning {
      status = var.secret_protection ? "enabled" : "disabled"
    }

    secret_scanning_push_protection {
      status = var.secret_protection ? "enabled" : "disabled"
    }
  }
}

resource "github_branch_default" "this" {
  repository = github_repository.this.name
  branch     = "main"
}

resource "github_repository_dependabot_security_updates" "this" {
  repository = github_repository.this.name
  enabled    = true
}

# What workflows may run, and with what: a token that reads, and actions that are named here and pinned to a commit.
resource "github_actions_repository_permissions" "this" {
  repository           = github_repository.this.name
  enabled              = true
  allowed_actions      = "selected"
  sha_pinning_required = true

  allowed_actions_config {
    github_owned_allowed = true
    verified_allowed     = false
    patterns_allowed     = local.allowed_actions
  }
}

resource "github_workflow_repository_permissions" "this" {
  repository                       = github_repository.this.name
  default_workflow_permissions     = "read"
  can_approve_pull_request_reviews = false
}

# AWS compares the token's subject letter by letter: a template of the organisation's would lock the pipeline out.
resource "github_actions_repository_oidc_subject_claim_customization_template" "this" {
  repository  = github_repository.this.name
  use_default = true
}
