locals {
  organisation = module.settings.organisation
  environment  = module.settings.environment
}

provider "aws" {
  region = local.organisation.region
  # Credentials of another account end here, before anything is read or changed.
  allowed_account_ids = [local.environment.account_id]

  default_tags {
    tags = local.environment.tags
  }
}
