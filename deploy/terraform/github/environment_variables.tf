# What a job must know to reach its account. None of it is secret: without the environment's token it opens nothing.
locals {
  roles = { for name, environment in local.environments : name => {
    for role in environment.plan ? ["plan"] : ["apply", "release", "deploy"] :
    "AWS_${upper(role)}_ROLE" => module.settings[environment.stage].environment.role_arns[role]
  } }

  # All that could be told; an environment gets what its list names.
  known = { for name, environment in local.environments : name => merge(local.roles[name], {
    AWS_REGION     = local.organisation.region
    AWS_ACCOUNT_ID = module.settings[environment.stage].environment.account_id
    ENVIRONMENT    = environment.stage
    DOMAIN         = module.settings[environment.stage].environment.domain
  }) }

  # A stage may have no domain: then its environments have no such variable.
  variables = merge([for name, names in local.required_variables : { for variable in names : "${name} ${variable}" => {
    environment = name
    variable    = variable
    value       = local.known[name][variable]
  } if local.known[name][variable] != null }]...)
}

resource "github_actions_environment_variable" "this" {
  for_each = local.variables

  repository    = github_repository.this.name
  environment   = github_repository_environment.this[each.value.environment].environment
  variable_name = each.value.variable
  value         = each.value.value
}
