module "settings" {
  source = "../settings"

  environment = var.environment
}

locals {
  organisation = module.settings.organisation
  environment  = module.settings.environment

  name    = local.environment.name
  account = local.environment.account_id
  region  = local.organisation.region

  # Where anything of ours may be: its region, the copies' region, and the home of CloudFront, its certificates and global services.
  regions = distinct([local.region, local.organisation.copy_region, "us-east-1"])
}

provider "aws" {
  region = local.region
  # Credentials of another account end here, before anything is read or changed.
  allowed_account_ids = [local.account]

  default_tags {
    tags = local.environment.tags
  }
}
