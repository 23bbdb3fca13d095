locals {
  launch = [
    {
      Sid      = "LaunchFromPublicImages"
      Effect   = "Allow"
      Action   = ["ec2:RunInstances", "ec2:CreateFleet"]
      Resource = ["${local.ec2}::image/*", "${local.ec2}::snapshot/*"]
    },
    {
      Sid       = "LaunchIntoThisClustersNetwork"
      Effect    = "Allow"
      Action    = ["ec2:RunInstances", "ec2:CreateFleet"]
      Resource  = ["${local.ec2}:${var.environment.account_id}:subnet/*", "${local.ec2}:${var.environment.account_id}:security-group/*"]
      Condition = { StringEquals = { "aws:ResourceTag/karpenter.sh/discovery" = var.cluster_name } }
    },
    {
      Sid       = "LaunchFromOwnTemplates"
      Effect    = "Allow"
      Action    = ["ec2:RunInstances", "ec2:CreateFleet"]
      Resource  = "${local.ec2}:${var.environment.account_id}:launch-template/*"
      Condition = local.owned_resource
    },
    {
      Sid       = "LaunchTagged"
      Effect    = "Allow"
      Action    = ["ec2:RunInstances", "ec2:CreateFleet", "ec2:CreateLaunchTemplate"]
      Resource  = local.made
      Condition = local.owned_request
    },
    {
      Sid      = "TagAtCreation"
      Effect   = "Allow"
      Action   = "ec2:CreateTags"
      Resource = local.made
      Condition = {
        StringEquals = merge(local.owned_request.StringEquals, { "ec2:CreateAction" = ["RunInstances", "CreateFleet", "CreateLaunchTemplate"] })
        StringLike   = local.owned_request.StringLike
      }
    },
    {
      Sid      = "NameOwnInstances"
      Effect   = "Allow"
      Action   = "ec2:CreateTags"
      Resource = "${local.ec2}:${var.environment.account_id}:instance/*"
      Condition = merge(local.owned_resource, {
        StringEqualsIfExists        = { "aws:RequestTag/eks:eks-cluster-name" = var.cluster_name }
        "ForAllValues:StringEquals" = { "aws:TagKeys" = ["eks:eks-cluster-name", "karpenter.sh/nodeclaim", "Name"] }
      })
    },
    {
      Sid       = "RemoveOwn"
      Effect    = "Allow"
      Action    = ["ec2:TerminateInstances", "ec2:DeleteLaunchTemplate"]
      Resource  = ["${local.ec2}:${var.environment.account_id}:instance/*", "${local.ec2}:${var.environment.account_id}:launch-template/*"]
      Condition = local.owned_resource
    },
    {
      Sid       = "PassTheNodeRole"
      Effect    = "Allow"
      Action    = "iam:PassRole"
      Resource  = var.node_role_arn
      Condition = { StringEquals = { "iam:PassedToService" = "ec2.amazonaws.com" } }
    },
    {
      # The first spot request of an account makes this role; the name is fixed by AWS.
      Sid       = "SpotInANewAccount"
      Effect    = "Allow"
      Action    = "iam:CreateServiceLinkedRole"
      Resource  = "arn:aws:iam::${var.environment.account_id}:role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot"
      Condition = { StringEquals = { "iam:AWSServiceName" = "spot.amazonaws.com" } }
    },
  ]

  discovery = [
    {
      # EC2's descriptions know no resource-level rights; the region is what can be bounded.
      Sid    = "SeeWhatIsOffered"
      Effect = "Allow"
      Action = [
        "ec2:DescribeCapacityReservations", "ec2:DescribeImages", "ec2:DescribeInstances", "ec2:DescribeInstanceStatus",
        "ec2:DescribeInstanceTypeOfferings", "ec2:DescribeInstanceTypes", "ec2:DescribeLaunchTemplates",
        "ec2:DescribePlacementGroups", "ec2:DescribeSecurityGroups", "ec2:DescribeSpotPriceHistory", "ec2:DescribeSubnets",
      ]
      Resource  = "*"
      Condition = { StringEquals = { "aws:RequestedRegion" = var.environment.region } }
    },
    {
      # AWS's price list is public, has no resources, and is served from a few regions only.
      Sid      = "Prices"
      Effect   = "Allow"
      Action   = "pricing:GetProducts"
      Resource = "*"
    },
    {
      # Karpenter looks for profiles it made itself (none here); the listing cannot be bounded to one profile.
      Sid      = "ListInstanceProfiles"
      Effect   = "Allow"
      Action   = "iam:ListInstanceProfiles"
      Resource = "*"
    },
    {
      Sid      = "ReadTheNodesProfile"
      Effect   = "Allow"
      Action   = "iam:GetInstanceProfile"
      Resource = "arn:aws:iam::${var.environment.account_id}:instance-profile/mercat/${aws_iam_instance_profile.nodes.name}"
    },
    {
      Sid      = "NewestImages"
      Effect   = "Allow"
      Action   = "ssm:GetParameter"
      Resource = "arn:aws:ssm:${var.environment.region}::parameter/aws/service/*"
    },
    {
      Sid      = "FindTheApi"
      Effect   = "Allow"
      Action   = "eks:DescribeCluster"
      Resource = local.cluster_arn
    },
  ]

  interruption = [
    {
      Sid      = "ReadInterruptions"
      Effect   = "Allow"
      Action   = ["sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage"]
      Resource = local.queue_arn
    },
    {
      Sid       = "DecryptInterruptions"
      Effect    = "Allow"
      Action    = "kms:Decrypt"
      Resource  = var.queue_key_arn
      Condition = { StringEquals = { "kms:ViaService" = "sqs.${var.environment.region}.amazonaws.com" } }
    },
  ]

  # EC2 asks for the key in the name of who launches: without these the instance dies a second after its start.
  encryption = [
    {
      Sid       = "EncryptVolumes"
      Effect    = "Allow"
      Action    = ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo"]
      Resource  = var.volume_key_arn
      Condition = { StringEquals = { "kms:ViaService" = "ec2.${var.environment.region}.amazonaws.com" } }
    },
    {
      Sid      = "GrantVolumesToEc2"
      Effect   = "Allow"
      Action   = "kms:CreateGrant"
      Resource = var.volume_key_arn
      Condition = {
        StringEquals = { "kms:ViaService" = "ec2.${var.environment.region}.amazonaws.com" }
        Bool         = { "kms:GrantIsForAWSResource" = "true" }
      }
    },
  ]
}
