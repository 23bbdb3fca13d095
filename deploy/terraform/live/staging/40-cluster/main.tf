# One layer of one environment. Which account it may touch, provider.tf says; the layer is the same in all of them.
module "settings" {
  source      = "../../../settings"
  environment = "staging"
}

module "layer" {
  source      = "../../../layers/40-cluster"
  environment = module.settings.environment.stage
}

output "layer" {
  description = "What a person or the pipeline needs of this layer."
  value       = module.layer
}
