locals {
  # In EKS's own defaults some of these do not tolerate the system taint, and then wait for a node that Karpenter, which
  # waits for DNS, never makes.
  tolerations = [{ key = local.system_taint.key, operator = "Exists" }]

  configuration = {
    "vpc-cni" = {
      enableNetworkPolicy = "true"
      # Prefixes instead of single addresses: 110 pods fit on a small node, where 17 would without.
      env = { ENABLE_PREFIX_DELEGATION = "true", WARM_PREFIX_TARGET = "1" }
    }
    "coredns" = {
      autoScaling = { enabled = true, minReplicas = 2, maxReplicas = 10 }
      tolerations = local.tolerations
    }
    "metrics-server"      = { tolerations = local.tolerations }
    "snapshot-controller" = { tolerations = local.tolerations }
    "aws-ebs-csi-driver" = {
      # Volumes carry the environment's tags too, or the bill cannot be split.
      controller = { tolerations = local.tolerations, extraVolumeTags = var.tags }
    }
  }

  # Which add-ons call AWS, and the service account they do it by.
  service_accounts = {
    "vpc-cni"            = "aws-node"
    "aws-ebs-csi-driver" = "ebs-csi-controller-sa"
  }

  before_nodes = ["kube-proxy", "vpc-cni"]
}

module "addon_identity" {
  source   = "../pod-identity"
  for_each = { for addon, account in local.service_accounts : addon => account if contains(keys(var.addons), addon) }

  name                     = "${var.environment.name}-${each.key}"
  cluster_name             = var.environment.name
  cluster_arn              = local.cluster_arn
  account_id               = var.environment.account_id
  namespace                = "kube-system"
  service_account          = each.value
  permissions_boundary_arn = var.environment.boundary_arn
  associate                = false # the add-on's own block does, and EKS takes one per service account

  # The driver's policy that is bound to one cluster by tags would refuse Karpenter's nodes, which bear other tags.
  managed_policy_arns = [{
    "vpc-cni"            = "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy"
    "aws-ebs-csi-driver" = "arn:aws:iam::aws:policy/AmazonEBSCSIDriverPolicyV2"
  }[each.key]]

  policy = each.key == "aws-ebs-csi-driver" ? jsonencode({ Version = "2012-10-17", Statement = [
    {
      Sid       = "EncryptVolumes"
      Effect    = "Allow"
      Action    = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo"]
      Resource  = var.cluster_key_arn
      Condition = { StringEquals = { "kms:ViaService" = "ec2.${var.environment.region}.amazonaws.com" } }
    },
    {
      Sid      = "GrantVolumesToEc2"
      Effect   = "Allow"
      Action   = "kms:CreateGrant"
      Resource = var.cluster_key_arn
      Condition = {
        StringEquals = { "kms:ViaService" = "ec2.${var.environment.region}.amazonaws.com" }
        Bool         = { "kms:GrantIsForAWSResource" = "true" }
      }
    },
  ] }) : null
}

# First of all: it hands the network plugin its role on every node that starts.
resource "aws_eks_addon" "pod_identity_agent" {
  cluster_name                = aws_eks_cluster.this.name
  addon_name                  = "eks-pod-identity-agent"
  addon_version               = var.addons["eks-pod-identity-agent"]
  resolve_conflicts_on_create = "OVERWRITE"
  resolve_conflicts_on_update = "OVERWRITE"
}

# A node without network is never ready, so these are installed while there is none.
resource "aws_eks_addon" "before_nodes" {
  for_each = toset(local.before_nodes)

  cluster_name                = aws_eks_cluster.this.name
  addon_name                  = each.key
  addon_version               = var.addons[each.key]
  configuration_values        = try(jsonencode(local.configuration[each.key]), null)
  resolve_conflicts_on_create = "OVERWRITE"
  resolve_conflicts_on_update = "OVERWRITE"

  dynamic "pod_identity_association" {
    for_each = each.key == "vpc-cni" ? [module.addon_identity["vpc-cni"].role_arn] : []

    content {
      role_arn        = pod_identity_association.value
      service_account = local.service_accounts["vpc-cni"]
    }
  }

  # The whole identity, not its ARN: at a destroy the plugin keeps its rights until the last node has given its addresses back.
  depends_on = [aws_eks_addon.pod_identity_agent, module.addon_identity]
}

# These are Deployments: EKS waits until their pods run, which they cannot before a node does.
resource "aws_eks_addon" "after_nodes" {
  for_each = { for addon, version in var.addons : addon => version if !contains(concat(local.before_nodes, ["eks-pod-identity-agent"]), addon) }

  cluster_name                = aws_eks_cluster.this.name
  addon_name                  = each.key
  addon_version               = each.value
  configuration_values        = try(jsonencode(local.configuration[each.key]), null)
  resolve_conflicts_on_create = "OVERWRITE"
  resolve_conflicts_on_update = "OVERWRITE"

  dynamic "pod_identity_association" {
    for_each = contains(keys(local.service_accounts), each.key) ? [module.addon_identity[each.key].role_arn] : []

    content {
      role_arn        = pod_identity_association.value
      service_account = local.service_accounts[each.key]
    }
  }

  depends_on = [aws_eks_node_group.system, module.addon_identity]
}
