# What this layer needs of the earlier ones, and what the charts need of this one.
locals {
  foundation = jsondecode(data.aws_ssm_parameter.foundation.insecure_value)
  network    = jsondecode(data.aws_ssm_parameter.network.insecure_value)
  data       = jsondecode(data.aws_ssm_parameter.data.insecure_value)
}

data "aws_ssm_parameter" "foundation" {
  name = "${local.environment.parameters}/10-foundation"
}

data "aws_ssm_parameter" "network" {
  name = "${local.environment.parameters}/20-network"
}

data "aws_ssm_parameter" "data" {
  name = "${local.environment.parameters}/30-data"
}

resource "aws_ssm_parameter" "handover" {
  #checkov:skip=CKV2_AWS_34:Identifiers only, no secret: a plain String can be read in a plan and costs nothing
  name        = "${local.environment.parameters}/50-edge"
  description = "What the charts and the pipeline need of the edge."
  type        = "String"
  insecure_value = jsonencode({
    target_group_arn = module.load_balancer.target_group_arn
    origin_domain    = module.load_balancer.origin_domain
  })

  lifecycle {
    precondition {
      condition     = local.environment.domain == null || local.environment.delegated
      error_message = "CloudFront needs an issued certificate. Enter the name servers that 10-foundation printed as NS records of its domain at the parent zone, set delegated in settings/organisation.tf, apply 10-foundation, then this layer. To try the store without a domain, set it to null in domains."
    }
  }
}

output "address" {
  description = "Where the store is."
  value       = "https://${module.distribution.address}"
}
