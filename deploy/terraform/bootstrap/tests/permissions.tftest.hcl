# What IAM would refuse, and no plan shows: rights on things that have no ARN to be asked about, and rights that a service needs besides.
mock_provider "aws" {
  override_during = plan
  source          = "./tests/mocks"
}

variables {
  environment = "development"
}

run "what_has_no_arn_is_asked_without_one" {
  command = plan

  # The service authorisation reference names no resource for these: under an ARN they are refused, whichever it is.
  assert {
    condition = alltrue(flatten([for policy in aws_iam_policy.this : [for statement in jsondecode(policy.policy).Statement : contains(flatten([statement.Resource]), "*")
      if length(setintersection(statement.Action, [
        "acm:RequestCertificate", "backup-storage:MountCapsule", "chatbot:CreateSlackChannelConfiguration", "cloudfront:CreateCachePolicy",
        "cloudfront:CreateDistribution", "cloudfront:CreateFunction", "cloudfront:CreateOriginAccessControl", "cloudfront:CreateResponseHeadersPolicy",
        "config:DeleteDeliveryChannel", "config:PutDeliveryChannel", "ecr:GetAuthorizationToken", "ecr:PutRegistryScanningConfiguration",
        "eks:CreateCluster", "guardduty:CreateDetector", "iam:UpdateAccountPasswordPolicy", "kms:CreateKey", "logs:CreateLogDelivery",
        "logs:PutResourcePolicy", "s3:PutAccountPublicAccessBlock", "sns:SetSubscriptionAttributes", "sns:Unsubscribe",
    ])) > 0]]))
    error_message = "An action without resource types stands in a statement with an ARN: IAM refuses it. Give it a statement with \"*\"."
  }
}

run "new_accounts_get_the_roles_of_services" {
  command = plan

  assert {
    condition = length(setsubtract(
      [
        "access-analyzer", "autoscaling", "backup", "ecr", "eks", "eks-nodegroup", "elasticache", "elasticloadbalancing", "guardduty", "inspector2",
        "management.chatbot", "pullthroughcache.ecr", "rds", "wafv2",
      ],
      [for name in one([for statement in jsondecode(aws_iam_policy.this["apply-identity"].policy).Statement : statement.Condition.StringEquals["iam:AWSServiceName"]
      if statement.Sid == "RolesOfServices"]) : trimsuffix(name, ".amazonaws.com")]
    )) == 0
    error_message = "The first use of each of these services in an account makes its service-linked role, in Terraform's name."
  }
}

run "new_keys_can_be_used_at_once" {
  command = plan

  assert {
    condition = anytrue([for statement in jsondecode(aws_iam_policy.this["apply-operations"].policy).Statement :
    length(setsubtract(["kms:CreateAlias", "kms:CreateGrant", "kms:EnableKeyRotation"], statement.Action)) == 0 && !can(statement.Condition)])
    error_message = "A key's tag may take minutes to count, and EKS's grant goes through no service: these rights need neither."
  }
}

run "a_destroy_of_the_mail_user_ends" {
  command = plan

  assert {
    condition = length(setsubtract(["iam:DeleteAccessKey", "iam:DeleteLoginProfile"], flatten([
      for statement in jsondecode(aws_iam_policy.this["apply-identity"].policy).Statement : statement.Action
    ]))) == 0
    error_message = "force_destroy of a user deletes its keys and its password, also when there are none."
  }

  assert {
    condition = alltrue([for statement in jsondecode(aws_iam_policy.boundary.policy).Statement :
      length(setintersection(flatten([statement.Action]), ["iam:*AccessKey", "iam:*LoginProfile", "iam:DeleteAccessKey", "iam:DeleteLoginProfile"])) == 0
    if statement.Effect == "Deny" && can(statement.Action)])
    error_message = "The boundary forbids to make keys and passwords, not to delete them."
  }

  assert {
    condition = length(setsubtract(["iam:CreateAccessKey", "iam:CreateLoginProfile"], flatten([
      for statement in jsondecode(aws_iam_policy.boundary.policy).Statement : statement.Action if statement.Effect == "Deny" && can(statement.Action)
    ]))) == 0
    error_message = "Nobody of ours makes a key or a password."
  }
}
