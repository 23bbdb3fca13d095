locals {
  # GitHub Actions' own app: a check of this name that anything else reports does not count.
  actions_app = 15368
  # GitHub's number of the role "maintain".
  maintainers = 2
}

resource "github_repository_ruleset" "main" {
  name        = "main"
  repository  = github_repository.this.name
  target      = "branch"
  enforcement = "active"

  conditions {
    ref_name {
      include = ["~DEFAULT_BRANCH"]
      exclude = []
    }
  }

  # No bypass_actors: in an emergency an administrator changes this file, and everybody sees it.
  rules {
    deletion                = true
    non_fast_forward        = true
    required_linear_history = true
    required_signatures     = true

    pull_request {
      required_approving_review_count   = var.approvals
      require_code_owner_review         = true
      require_last_push_approval        = true
      dismiss_stale_reviews_on_push     = true
      required_review_thread_resolution = true
      allowed_merge_methods             = ["squash"]
    }

    # Merges wait in a queue, and each is tested on top of those before it.
    dynamic "merge_queue" {
      for_each = var.merge_queue ? [true] : []

      content {
        merge_method                      = "SQUASH"
        grouping_strategy                 = "ALLGREEN"
        check_response_timeout_minutes    = 90
        max_entries_to_build              = 3
        max_entries_to_merge              = 5
        min_entries_to_merge              = 1
        min_entries_to_merge_wait_minutes = 0
      }
    }

    dynamic "required_status_checks" {
      for_each = length(local.demanded_checks) > 0 ? [true] : []

      content {
        # The queue tests each on the newest main; without it the branch itself must be on it.
        strict_required_status_checks_policy = !var.merge_queue

        dynamic "required_check" {
          for_each = local.demanded_checks

          content {
            context        = required_check.value
            integration_id = local.actions_app
          }
        }
      }
    }
  }
}

# A release is what it was when it was tested: nobody moves or removes its tag, nobody at all.
resource "github_repository_ruleset" "releases" {
  name        = "releases never move"
  repository  = github_repository.this.name
  target      = "tag"
  enforcement = "active"

  conditions {
    ref_name {
      include = ["refs/tags/v*"]
      exclude = []
    }
  }

  rules {
    update              = true
    deletion            = true
    non_fast_forward    = true
    required_signatures = true
  }
}

# Apart from the above, because who may bypass a ruleset bypasses all of it.
resource "github_repository_ruleset" "release_makers" {
  name        = "maintainers make releases"
  repository  = github_repository.this.name
  target      = "tag"
  enforcement = "active"

  conditions {
    ref_name {
      include = ["refs/tags/v*"]
      exclude = []
    }
  }

  bypass_actors {
    actor_id    = local.maintainers
    actor_type  = "RepositoryRole"
    bypass_mode = "always"
  }

  rules {
    creation = true
  }
}
