# Linked into every layer.
variable "environment" {
  description = "Which column of settings/environments.tf applies, for instance \"production\"."
  type        = string
}

module "settings" {
  source      = "../../settings"
  environment = var.environment
}

locals {
  organisation = module.settings.organisation
  environment  = module.settings.environment
}
