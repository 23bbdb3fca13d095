locals {
  cluster_arn = coalesce(var.cluster_arn, "arn:aws:eks:${var.environment.region}:${var.environment.account_id}:cluster/${var.cluster_name}")
  ec2         = "arn:aws:ec2:${var.environment.region}"

  # Karpenter writes these tags on all it makes; they are the border between its instances and all others.
  owned_request = {
    StringEquals = {
      "aws:RequestTag/kubernetes.io/cluster/${var.cluster_name}" = "owned"
      "aws:RequestTag/eks:eks-cluster-name"                      = var.cluster_name
    }
    StringLike = { "aws:RequestTag/karpenter.sh/nodepool" = "*" }
  }
  owned_resource = {
    StringEquals = { "aws:ResourceTag/kubernetes.io/cluster/${var.cluster_name}" = "owned" }
    StringLike   = { "aws:ResourceTag/karpenter.sh/nodepool" = "*" }
  }

  made = [
    for kind in ["fleet", "instance", "volume", "network-interface", "launch-template", "spot-instances-request"] :
    "${local.ec2}:${var.environment.account_id}:${kind}/*"
  ]
}

module "identity" {
  source = "../pod-identity"

  name                     = local.queue_name
  cluster_name             = var.cluster_name
  cluster_arn              = local.cluster_arn
  account_id               = var.environment.account_id
  namespace                = "kube-system"
  service_account          = "karpenter"
  permissions_boundary_arn = var.environment.boundary_arn

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = concat(local.launch, local.discovery, local.interruption, [for statement in local.encryption : statement if var.volume_key_arn != null])
  })
}
