locals {
  project_tag = { "aws:ResourceTag/Project" = local.organisation.project }

  apply_operations = [
    {
      # A key has no name: what makes it ours is the tag that every resource of ours is born with.
      Sid       = "MakeKeys"
      Effect    = "Allow"
      Action    = ["kms:CreateKey", "kms:TagResource"]
      Resource  = "*"
      Condition = { StringEquals = { "aws:RequestTag/Project" = local.organisation.project } }
    },
    {
      Sid    = "KeepKeys"
      Effect = "Allow"
      Action = [
        "kms:CancelKeyDeletion", "kms:CreateAlias", "kms:DeleteAlias", "kms:DisableKey", "kms:DisableKeyRotation", "kms:EnableKey",
        "kms:EnableKeyRotation", "kms:PutKeyPolicy", "kms:RotateKeyOnDemand", "kms:ScheduleKeyDeletion", "kms:TagResource",
        "kms:UntagResource", "kms:UpdateAlias", "kms:UpdateKeyDescription",
      ]
      Resource  = ["arn:aws:kms:*:${local.account}:key/*"]
      Condition = { StringEquals = local.project_tag }
    },
    {
      Sid      = "KeyAliases"
      Effect   = "Allow"
      Action   = ["kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"]
      Resource = ["arn:aws:kms:*:${local.account}:alias/${local.name}-*"]
    },
    {
      # Without the tag: KMS may take minutes until a new key's tag counts for permissions, and a key must turn, and ECR and EKS
      # must get their grants, at once. EKS' grant bears no mark of a service either; the keys' own policies say which they take.
      Sid      = "BeginKeys"
      Effect   = "Allow"
      Action   = ["kms:CreateAlias", "kms:CreateGrant", "kms:EnableKeyRotation"]
      Resource = ["arn:aws:kms:*:${local.account}:key/*"]
    },
    {
      # RDS, ElastiCache, Secrets Manager, Backup try a key in the caller's name, seconds after it was made: without the tag, as above.
      Sid       = "LendKeys"
      Effect    = "Allow"
      Action    = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:RetireGrant"]
      Resource  = ["arn:aws:kms:*:${local.account}:key/*"]
      Condition = { StringLike = { "kms:ViaService" = "*.amazonaws.com" } }
    },
    {
      Sid    = "LogGroups"
      Effect = "Allow"
      Action = [
        "logs:AssociateKmsKey", "logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:DeleteRetentionPolicy", "logs:DisassociateKmsKey",
        "logs:PutLogGroupDeletionProtection", "logs:PutRetentionPolicy", "logs:TagResource", "logs:UntagResource",
      ]
      Resource = ["arn:aws:logs:*:${local.account}:log-group:*${local.name}*"]
    },
    {
      # Who may write to log groups: one policy per service and region, without an ARN.
      Sid       = "LogPolicies"
      Effect    = "Allow"
      Action    = ["logs:DeleteResourcePolicy", "logs:PutResourcePolicy"]
      Resource  = "*"
      Condition = { StringEquals = { "aws:RequestedRegion" = local.regions } }
    },
    {
      Sid    = "AlarmsAndTopics"
      Effect = "Allow"
      Action = [
        "cloudwatch:DeleteAlarms", "cloudwatch:PutMetricAlarm", "cloudwatch:TagResource", "cloudwatch:UntagResource",
        "sns:CreateTopic", "sns:DeleteTopic", "sns:SetTopicAttributes", "sns:Subscribe", "sns:TagResource", "sns:UntagResource",
      ]
      Resource = ["arn:aws:cloudwatch:*:${local.account}:alarm:${local.name}*", "arn:aws:sns:*:${local.account}:${local.name}*"]
    },
    {
      # Of IAM's view a subscription has no ARN, not even its topic's.
      Sid       = "Subscriptions"
      Effect    = "Allow"
      Action    = ["sns:SetSubscriptionAttributes", "sns:Unsubscribe"]
      Resource  = "*"
      Condition = { StringEquals = { "aws:RequestedRegion" = local.regions } }
    },
    {
      Sid    = "Watchers"
      Effect = "Allow"
      Action = [
        "access-analyzer:CreateAnalyzer", "access-analyzer:DeleteAnalyzer", "access-analyzer:TagResource", "access-analyzer:UntagResource",
        "budgets:ModifyBudget", "budgets:TagResource", "budgets:UntagResource", "cloudtrail:AddTags", "cloudtrail:CreateTrail",
        "cloudtrail:DeleteTrail", "cloudtrail:PutEventSelectors", "cloudtrail:RemoveTags", "cloudtrail:StartLogging", "cloudtrail:StopLogging",
        "cloudtrail:UpdateTrail", "config:DeleteConfigRule", "config:DeleteConfigurationRecorder",
        "config:PutConfigRule", "config:PutConfigurationRecorder", "config:StartConfigurationRecorder",
        "config:StopConfigurationRecorder", "config:TagResource", "config:UntagResource", "guardduty:DeleteDetector", "guardduty:TagResource",
        "guardduty:UntagResource", "guardduty:UpdateDetector",
      ]
      Resource = [
        "arn:aws:access-analyzer:${local.region}:${local.account}:analyzer/${local.name}*", "arn:aws:budgets::${local.account}:budget/${local.name}*",
        "arn:aws:cloudtrail:${local.region}:${local.account}:trail/${local.name}", "arn:aws:config:${local.region}:${local.account}:*",
        "arn:aws:guardduty:${local.region}:${local.account}:detector/*",
      ]
    },
    {
      # These have no ARN before they exist, or none at all.
      Sid    = "AccountWide"
      Effect = "Allow"
      Action = [
        "ce:CreateAnomalyMonitor", "ce:CreateAnomalySubscription", "ce:DeleteAnomalyMonitor", "ce:DeleteAnomalySubscription", "ce:TagResource",
        "ce:UntagResource", "ce:UpdateAnomalyMonitor", "ce:UpdateAnomalySubscription", "ce:UpdateCostAllocationTagsStatus",
        "chatbot:CreateSlackChannelConfiguration", "chatbot:DeleteSlackChannelConfiguration", "chatbot:TagResource", "chatbot:UntagResource",
        "chatbot:UpdateSlackChannelConfiguration", "config:DeleteDeliveryChannel", "config:PutDeliveryChannel", "guardduty:CreateDetector",
      ]
      Resource = "*"
    },
    {
      Sid    = "Mail"
      Effect = "Allow"
      Action = [
        "ses:CreateConfigurationSet", "ses:CreateConfigurationSetEventDestination", "ses:CreateEmailIdentity", "ses:DeleteConfigurationSet",
        "ses:DeleteConfigurationSetEventDestination", "ses:DeleteEmailIdentity", "ses:PutConfigurationSet*", "ses:PutEmailIdentity*",
        "ses:TagResource", "ses:UntagResource", "ses:UpdateConfigurationSetEventDestination",
      ]
      Resource = ["arn:aws:ses:${local.region}:${local.account}:identity/*", "arn:aws:ses:${local.region}:${local.account}:configuration-set/${local.name}*"]
    },
    {
      Sid      = "Sessions"
      Effect   = "Allow"
      Action   = ["ssm:AddTagsToResource", "ssm:CreateDocument", "ssm:DeleteDocument", "ssm:RemoveTagsFromResource", "ssm:UpdateDocument", "ssm:UpdateDocumentDefaultVersion"]
      Resource = ["arn:aws:ssm:${local.region}:${local.account}:document/SSM-SessionManagerRunShell", "arn:aws:ssm:${local.region}:${local.account}:document/${local.name}*"]
    },
  ]
}
