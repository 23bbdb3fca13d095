locals {
  eks = "arn:aws:eks:${local.region}:${local.account}"

  apply_cluster = [
    {
      # Before a cluster is there, EKS has no ARN to ask about.
      Sid       = "MakeCluster"
      Effect    = "Allow"
      Action    = ["eks:CreateCluster"]
      Resource  = "*"
      Condition = { StringEquals = { "aws:RequestedRegion" = local.region } }
    },
    {
      Sid    = "Cluster"
      Effect = "Allow"
      Action = [
        "eks:AssociateAccessPolicy", "eks:AssociateEncryptionConfig", "eks:CreateAccessEntry", "eks:CreateAddon",
        "eks:CreateNodegroup", "eks:CreatePodIdentityAssociation", "eks:DeleteAccessEntry", "eks:DeleteAddon", "eks:DeleteCluster",
        "eks:DeleteNodegroup", "eks:DeletePodIdentityAssociation", "eks:DisassociateAccessPolicy", "eks:TagResource", "eks:UntagResource",
        "eks:UpdateAccessEntry", "eks:UpdateAddon", "eks:UpdateClusterConfig", "eks:UpdateClusterVersion", "eks:UpdateNodegroupConfig",
        "eks:UpdateNodegroupVersion", "eks:UpdatePodIdentityAssociation",
      ]
      Resource = [
        "${local.eks}:cluster/${local.name}", "${local.eks}:nodegroup/${local.name}/*", "${local.eks}:addon/${local.name}/*",
        "${local.eks}:access-entry/${local.name}/*", "${local.eks}:podidentityassociation/${local.name}/*",
      ]
    },
    {
      Sid      = "Queues"
      Effect   = "Allow"
      Action   = ["sqs:CreateQueue", "sqs:DeleteQueue", "sqs:SetQueueAttributes", "sqs:TagQueue", "sqs:UntagQueue"]
      Resource = ["arn:aws:sqs:${local.region}:${local.account}:${local.name}*"]
    },
    {
      Sid    = "EventRules"
      Effect = "Allow"
      Action = [
        "events:DeleteRule", "events:DisableRule", "events:EnableRule", "events:PutRule", "events:PutTargets", "events:RemoveTargets",
        "events:TagResource", "events:UntagResource",
      ]
      Resource = ["arn:aws:events:*:${local.account}:rule/${local.name}*"]
    },
    {
      Sid    = "Repositories"
      Effect = "Allow"
      Action = [
        "ecr:BatchDeleteImage", "ecr:CreateRepository", "ecr:DeleteLifecyclePolicy", "ecr:DeleteRepository", "ecr:DeleteRepositoryPolicy",
        "ecr:ListImages", "ecr:PutImageScanningConfiguration", "ecr:PutImageTagMutability", "ecr:PutLifecyclePolicy",
        "ecr:SetRepositoryPolicy", "ecr:TagResource", "ecr:UntagResource",
      ]
      Resource = ["arn:aws:ecr:${local.region}:${local.account}:repository/${local.organisation.project}/*"]
    },
    {
      # The registry is the account's own and has no ARN here.
      Sid    = "Registry"
      Effect = "Allow"
      Action = [
        "ecr:CreatePullThroughCacheRule", "ecr:CreateRepositoryCreationTemplate", "ecr:DeletePullThroughCacheRule",
        "ecr:DeleteRepositoryCreationTemplate", "ecr:PutRegistryScanningConfiguration", "ecr:UpdatePullThroughCacheRule",
        "ecr:UpdateRepositoryCreationTemplate", "inspector2:Disable", "inspector2:Enable", "inspector2:ListAccountPermissions",
      ]
      Resource  = "*"
      Condition = { StringEquals = { "aws:RequestedRegion" = local.region } }
    },
  ]
}
