# Every root's provider: linked into each of them.
provider "aws" {
  region = module.settings.organisation.region
  # Credentials of another account end here, before anything is read or changed.
  allowed_account_ids = [module.settings.environment.account_id]

  default_tags {
    tags = module.settings.environment.tags
  }
}
