# What this layer needs of the earlier one, and what later layers need of this one.
locals {
  foundation = jsondecode(data.aws_ssm_parameter.foundation.insecure_value)
}

data "aws_ssm_parameter" "foundation" {
  name = "${local.environment.parameters}/10-foundation"
}

resource "aws_ssm_parameter" "handover" {
  #checkov:skip=CKV2_AWS_34:Identifiers only, no secret: a plain String can be read in a plan and costs nothing
  name        = "${local.environment.parameters}/20-network"
  description = "What the later layers need of the network."
  type        = "String"
  insecure_value = jsonencode({
    vpc_id              = module.network.vpc_id
    public_subnet_ids   = module.network.public_subnet_ids
    private_subnet_ids  = module.network.private_subnet_ids
    database_subnet_ids = module.network.database_subnet_ids
    security_group_ids  = module.network.security_group_ids
    internal_zone_id    = module.network.internal_zone_id
    cloudfront_cidrs    = module.network.cloudfront_cidrs
  })
}

output "nat_public_ips" {
  description = "From which addresses the store calls others, for their allow lists."
  value       = module.network.nat_public_ips
}
