# What must agree with files elsewhere in the repository, in one place.
locals {
  # Jobs that every pull request passes, by the names that their workflows give them.
  required_checks = [
    "check",     # lint, types, boundaries, sizes, migrations, OpenAPI drift
    "test",      # the test suite on real PostgreSQL and Valkey
    "prove",     # the promises, on a store of its own
    "terraform", # format, validate, tests, policies
    "charts",    # rendered for every environment, schemas, policies
    "workflows", # the pipeline's own lint and security scan
    "images",    # they build, and no known hole is in them
  ]

  # Actions of others than GitHub that the workflows use.
  allowed_actions = [
    "aws-actions/amazon-ecr-login@*",
    "aws-actions/configure-aws-credentials@*",
    "docker/build-push-action@*",
    "docker/setup-buildx-action@*",
    "hashicorp/setup-terraform@*",
    "sigstore/cosign-installer@*",
  ]

  # Secrets that people enter by hand (`gh secret set NAME --env ENVIRONMENT`), never Terraform: their values would be in the state.
  # There are few, because AWS is reached by OIDC and the store's own secrets live in AWS Secrets Manager.
  required_secrets = {
    staging    = ["SLACK_WEBHOOK_URL"] # where the pipeline tells of deployments
    production = ["SLACK_WEBHOOK_URL"]
  }
}
