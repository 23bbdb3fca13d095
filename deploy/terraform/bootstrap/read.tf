# What a plan must see: how things are set up, never what is in them (no objects, no logs, no secret values, no snapshots' contents).
# Descriptions know few resource-level rights, so "*"; the boundary holds them to our regions, and the account is one environment's.
locals {
  read = [
    {
      Sid    = "Configuration"
      Effect = "Allow"
      Action = [
        "access-analyzer:Get*", "access-analyzer:List*", "acm:Describe*", "acm:List*", "autoscaling:Describe*",
        "backup:Describe*", "backup:Get*", "backup:List*", "budgets:DescribeBudgetAction*", "budgets:ListTagsForResource", "budgets:ViewBudget",
        "ce:Describe*", "ce:GetAnomaly*", "ce:List*", "chatbot:Describe*", "chatbot:Get*", "chatbot:List*",
        "cloudfront:Describe*", "cloudfront:Get*", "cloudfront:List*", "cloudtrail:Describe*", "cloudtrail:Get*", "cloudtrail:List*",
        "cloudwatch:Describe*", "cloudwatch:ListTagsForResource", "codebuild:BatchGetProjects", "codeconnections:GetConnection",
        "codeconnections:ListConnections", "codeconnections:ListTagsForResource", "config:Describe*", "config:List*", "ec2:Describe*",
        "ec2:GetEbsDefaultKmsKeyId", "ec2:GetEbsEncryptionByDefault", "ec2:GetImageBlockPublicAccessState", "ec2:GetInstanceMetadataDefaults",
        "ec2:GetManagedPrefixListEntries", "ec2:GetSecurityGroupsForVpc", "ec2:GetSnapshotBlockPublicAccessState",
        "ecr:BatchGetRepositoryScanningConfiguration", "ecr:Describe*", "ecr:GetAccountSetting", "ecr:GetLifecyclePolicy",
        "ecr:GetRegistry*", "ecr:GetRepositoryPolicy", "ecr:ListTagsForResource", "eks:Describe*", "eks:List*",
        "elasticache:Describe*", "elasticache:List*", "elasticloadbalancing:Describe*", "events:Describe*", "events:List*",
        "guardduty:Get*", "guardduty:List*", "iam:Get*", "iam:List*", "inspector2:BatchGetAccountStatus",
        "kms:Describe*", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:GetPublicKey", "kms:List*", "logs:Describe*", "logs:List*",
        "rds:Describe*", "rds:List*", "route53:Get*", "route53:List*", "secretsmanager:Describe*", "secretsmanager:GetRandomPassword",
        "secretsmanager:GetResourcePolicy", "secretsmanager:List*", "ses:Get*", "ses:List*", "sns:Get*", "sns:List*",
        "sqs:GetQueue*", "sqs:ListQueue*", "ssm:Describe*", "ssm:ListTagsForResource", "sts:GetCallerIdentity", "tag:GetResources",
        "wafv2:Describe*", "wafv2:Get*", "wafv2:List*",
      ]
      Resource = "*"
    },
    {
      # s3:Get* would open the objects too: the buckets' settings are counted out.
      Sid    = "Buckets"
      Effect = "Allow"
      Action = [
        "s3:GetAccelerateConfiguration", "s3:GetAccountPublicAccessBlock", "s3:GetAnalyticsConfiguration", "s3:GetBucket*",
        "s3:GetEncryptionConfiguration", "s3:GetIntelligentTieringConfiguration", "s3:GetInventoryConfiguration",
        "s3:GetLifecycleConfiguration", "s3:GetMetricsConfiguration", "s3:GetReplicationConfiguration", "s3:ListAllMyBuckets",
        "s3:ListBucket", "s3:ListTagsForResource",
      ]
      Resource = "*"
    },
    {
      # What the layers hand to one another, and the document of Session Manager; no other parameter.
      Sid    = "Parameters"
      Effect = "Allow"
      Action = ["ssm:GetDocument", "ssm:GetParameter", "ssm:GetParameters"]
      Resource = [
        "arn:aws:ssm:${local.region}:${local.account}:parameter${local.environment.parameters}/*",
        "arn:aws:ssm:${local.region}:${local.account}:document/*",
        "arn:aws:ssm:*::parameter/aws/service/*",
      ]
    },
  ]

  layers_state = "${local.state_bucket_arn}/??-*.tfstate"

  read_state = [
    {
      Sid      = "FindState"
      Effect   = "Allow"
      Action   = ["s3:ListBucket"]
      Resource = [local.state_bucket_arn]
    },
    {
      Sid      = "ReadState"
      Effect   = "Allow"
      Action   = ["s3:GetObject"]
      Resource = [local.layers_state, "${local.layers_state}.tflock"]
    },
    {
      # A lock is a file beside the state.
      Sid      = "LockState"
      Effect   = "Allow"
      Action   = ["s3:PutObject", "s3:DeleteObject"]
      Resource = ["${local.layers_state}.tflock"]
    },
    {
      Sid      = "StateKey"
      Effect   = "Allow"
      Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
      Resource = [aws_kms_key.state.arn]
    },
  ]

  secrets_arn = "arn:aws:secretsmanager:*:${local.account}:secret:${local.environment.secrets_prefix}/*"

  # The database gets its master password from this secret (modules/database); no other value is read, not to refresh either.
  read_master_secret = [
    {
      Sid      = "MasterSecret"
      Effect   = "Allow"
      Action   = ["secretsmanager:GetSecretValue"]
      Resource = ["arn:aws:secretsmanager:${local.region}:${local.account}:secret:${local.environment.secrets_prefix}/database-master-*"]
    },
    {
      Sid       = "MasterSecretKey"
      Effect    = "Allow"
      Action    = ["kms:Decrypt"]
      Resource  = ["arn:aws:kms:${local.region}:${local.account}:key/*"]
      Condition = { StringEquals = { "kms:ViaService" = "secretsmanager.${local.region}.amazonaws.com" } }
    },
  ]
}
