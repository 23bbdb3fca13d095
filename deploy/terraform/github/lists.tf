# What must agree with files elsewhere in the repository, in one place.
locals {
  # Jobs that every pull request passes, by the names under which they report (.github/workflows/pull-request.yml).
  required_checks = [
    "changes",       # which parts the change touches: what it skips must not be skipped by its failure
    "check",         # lint, types, boundaries, sizes, migrations, OpenAPI drift, scans
    "compatibility", # what the last release could not live with beside this
    "test",          # the tests of what was touched, on each Python, on real PostgreSQL and Valkey
    "browser",       # a person in a browser
    "prove",         # the promises of a purchase, on a store of its own
    "attack",        # the attacks
    "budgets",       # what a request costs, in counts, beside the base branch
    "terraform",     # format, validate, tests, policies
    "charts",        # rendered for every environment, schemas, policies
    "workflows",     # the pipeline's own lint and security scan
    "images",        # they build, and no known hole is in them
  ]

  # Actions of others than GitHub that the workflows use.
  allowed_actions = [
    "aws-actions/amazon-ecr-login@*",
    "aws-actions/configure-aws-credentials@*",
    "docker/setup-buildx-action@*",
    "hashicorp/setup-terraform@*",
    "sigstore/cosign-installer@*",
  ]

  # Variables that the jobs of an environment read; environment_variables.tf computes their values. A test holds these, and the
  # secrets below, against the workflows in both directions: `make workflows`.
  required_variables = {
    development      = ["AWS_ACCOUNT_ID", "AWS_APPLY_ROLE", "AWS_DEPLOY_ROLE", "AWS_REGION", "AWS_RELEASE_ROLE", "DOMAIN", "ENVIRONMENT"]
    staging          = ["AWS_ACCOUNT_ID", "AWS_APPLY_ROLE", "AWS_DEPLOY_ROLE", "AWS_REGION", "AWS_RELEASE_ROLE", "DOMAIN", "ENVIRONMENT"]
    production       = ["AWS_ACCOUNT_ID", "AWS_APPLY_ROLE", "AWS_DEPLOY_ROLE", "AWS_REGION", "AWS_RELEASE_ROLE", "DOMAIN", "ENVIRONMENT"]
    development-plan = ["AWS_ACCOUNT_ID", "AWS_PLAN_ROLE", "AWS_REGION", "ENVIRONMENT"]
    staging-plan     = ["AWS_ACCOUNT_ID", "AWS_PLAN_ROLE", "AWS_REGION", "DOMAIN", "ENVIRONMENT"]
    production-plan  = ["AWS_ACCOUNT_ID", "AWS_PLAN_ROLE", "AWS_REGION", "ENVIRONMENT"]
  }

  # Secrets that people enter by hand (`gh secret set NAME --env ENVIRONMENT`), never Terraform: their values would be in the state.
  # There are few, because AWS is reached by OIDC and the store's own secrets live in AWS Secrets Manager.
  required_secrets = {
    development = ["SLACK_WEBHOOK_URL"] # where the pipeline tells of deployments
    staging     = ["SLACK_WEBHOOK_URL"]
    production  = ["SLACK_WEBHOOK_URL"]
  }
}
