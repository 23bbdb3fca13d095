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
      # The pipeline's runner. UseConnection and PassConnection: CodeBuild tries the connection in the caller's name.
      Sid    = "Runner"
      Effect = "Allow"
      Action = [
        "codebuild:CreateProject", "codebuild:CreateWebhook", "codebuild:DeleteProject", "codebuild:DeleteWebhook", "codebuild:UpdateProject",
        "codebuild:UpdateWebhook",
      ]
      Resource = ["arn:aws:codebuild:${local.region}:${local.account}:project/${local.name}-runner"]
    },
    {
      # A connection has a number for a name, and none before it is made: the tag that it is born with tells whose it is.
      Sid       = "MakeConnection"
      Effect    = "Allow"
      Action    = ["codeconnections:CreateConnection", "codeconnections:TagResource"]
      Resource  = "*"
      Condition = { StringEquals = { "aws:RequestTag/Project" = local.organisation.project } }
    },
    {
      Sid    = "KeepConnection"
      Effect = "Allow"
      Action = [
        "codeconnections:DeleteConnection", "codeconnections:PassConnection", "codeconnections:TagResource", "codeconnections:UntagResource",
        "codeconnections:UseConnection",
      ]
      Resource = ["arn:aws:codeconnections:${local.region}:${local.account}:connection/*"]
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
