# The two roles that bring a version out: one puts images into the registry, the other installs them.
locals {
  # The other half of a promotion is the policy of those repositories (modules/registry).
  read_promoted = [for account in [local.environment.images_account] : {
    Sid      = "PromotedImages"
    Effect   = "Allow"
    Action   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:DescribeImages", "ecr:GetDownloadUrlForLayer"]
    Resource = ["arn:aws:ecr:${local.region}:${account}:repository/${local.organisation.project}/*"]
  } if account != null]

  release = concat([
    {
      # The registry's login has no ARN.
      Sid       = "Login"
      Effect    = "Allow"
      Action    = ["ecr:GetAuthorizationToken"]
      Resource  = "*"
      Condition = { StringEquals = { "aws:RequestedRegion" = local.region } }
    },
    {
      Sid    = "Images"
      Effect = "Allow"
      Action = [
        "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:CompleteLayerUpload", "ecr:DescribeImages",
        "ecr:DescribeImageScanFindings", "ecr:GetDownloadUrlForLayer", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart",
      ]
      Resource = ["arn:aws:ecr:${local.region}:${local.account}:repository/${local.organisation.project}/*"]
    },
    {
      # With enhanced scanning the findings are Inspector's, which lists them account-wide only.
      Sid       = "Findings"
      Effect    = "Allow"
      Action    = ["inspector2:ListCoverage", "inspector2:ListFindings"]
      Resource  = "*"
      Condition = { StringEquals = { "aws:RequestedRegion" = local.region } }
    },
  ], local.read_promoted)

  deploy = [
    {
      # Enough for a kubeconfig; what it may do inside is said by its access entry (modules/cluster).
      Sid      = "FindCluster"
      Effect   = "Allow"
      Action   = ["eks:DescribeCluster"]
      Resource = ["arn:aws:eks:${local.region}:${local.account}:cluster/${local.name}"]
    },
    {
      # Addresses and names that the layers hand over, such as the repositories.
      Sid      = "ReadHandOver"
      Effect   = "Allow"
      Action   = ["ssm:GetParameter", "ssm:GetParameters"]
      Resource = ["arn:aws:ssm:${local.region}:${local.account}:parameter${local.environment.parameters}/*"]
    },
    {
      # A deployment stops when an alarm rings; alarms are listed account-wide only.
      Sid       = "WatchAlarms"
      Effect    = "Allow"
      Action    = ["cloudwatch:DescribeAlarms"]
      Resource  = "*"
      Condition = { StringEquals = { "aws:RequestedRegion" = local.region } }
    },
  ]
}
