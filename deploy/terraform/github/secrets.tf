data "github_actions_environment_secrets" "this" {
  for_each = local.required_secrets

  name        = github_repository.this.name
  environment = github_repository_environment.this[each.key].environment
}

locals {
  missing_secrets = flatten([for name, required in local.required_secrets : [
    for secret in setsubtract(required, [for entry in data.github_actions_environment_secrets.this[name].secrets : entry.name]) : "${secret} (${name})"
  ]])
}

# A warning, not an error: on the first run the environments that hold the secrets are only being made.
check "secrets_are_entered" {
  assert {
    condition     = length(local.missing_secrets) == 0
    error_message = "Enter by hand with `gh secret set NAME --env ENVIRONMENT`: ${join(", ", local.missing_secrets)}."
  }
}
