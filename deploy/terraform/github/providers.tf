module "settings" {
  source   = "../settings"
  for_each = toset([for environment in local.environments : environment.stage])

  environment = each.key
}

locals {
  organisation = module.settings["production"].organisation
}

# The token comes from GITHUB_TOKEN, so that it is in no file and in no state.
provider "github" {
  owner = local.organisation.github.owner
}
