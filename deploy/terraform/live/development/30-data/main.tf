# One layer of one environment: which account it may touch, and the layer, which is the same in all of them.
module "settings" {
  source      = "../../../settings"
  environment = "development"
}

provider "aws" {
  region = module.settings.organisation.region
  # Credentials of another account end here, before anything is read or changed.
  allowed_account_ids = [module.settings.environment.account_id]

  default_tags {
    tags = module.settings.environment.tags
  }
}

module "layer" {
  source      = "../../../layers/30-data"
  environment = module.settings.environment.stage
}

output "layer" {
  description = "What a person or the pipeline needs of this layer."
  value       = module.layer
}
