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
  name        = "${local.environment.parameters}/40-cluster"
  description = "What the charts need of the cluster."
  type        = "String"
  insecure_value = jsonencode({
    cluster                    = module.cluster.name
    endpoint                   = module.cluster.endpoint
    karpenter_instance_profile = module.karpenter.instance_profile_name
    karpenter_queue            = module.karpenter.queue_name
    service_cidr               = module.cluster.service_cidr
    service_accounts = merge(
      { for name, account in module.controllers.service_accounts : name => "${account.namespace}/${account.name}" },
      { for service in keys(local.environment.services) : service => "mercat/${service}" },
      { karpenter = "kube-system/karpenter" },
    )
  })
}

output "runner" {
  description = "The connection to GitHub that a person admits once, and what a job that needs the cluster says under runs-on."
  value       = { connection = module.runner.connection_arn, label = module.runner.label }
}

output "kubeconfig" {
  description = "The command that makes kubectl know the cluster."
  value       = "aws eks update-kubeconfig --name ${module.cluster.name} --region ${local.organisation.region}"
}
