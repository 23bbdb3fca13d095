# IAM: only below /mercat/ and only names of this environment, only with the boundary, and handed only to the services that take them.
locals {
  iam = "arn:aws:iam::${local.account}"

  apply_identity = [
    {
      Sid       = "MakeRolesInside"
      Effect    = "Allow"
      Action    = ["iam:CreateRole", "iam:CreateUser", "iam:PutRolePermissionsBoundary", "iam:PutUserPermissionsBoundary"]
      Resource  = ["${local.iam}:role/mercat/${local.name}-*", "${local.iam}:user/mercat/${local.name}-*"]
      Condition = { StringEquals = { "iam:PermissionsBoundary" = local.environment.boundary_arn } }
    },
    {
      Sid    = "KeepRoles"
      Effect = "Allow"
      Action = [
        "iam:DeleteRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy", "iam:PutRolePolicy", "iam:TagRole", "iam:UntagRole",
        "iam:UpdateAssumeRolePolicy", "iam:UpdateRole", "iam:UpdateRoleDescription",
      ]
      Resource = ["${local.iam}:role/mercat/${local.name}-*"]
    },
    {
      # AWS' own policies for services, and ours; never AdministratorAccess and its like, which stand at the root of AWS' path.
      Sid      = "AttachPolicies"
      Effect   = "Allow"
      Action   = ["iam:AttachRolePolicy"]
      Resource = ["${local.iam}:role/mercat/${local.name}-*"]
      Condition = { ArnLike = { "iam:PolicyARN" = [
        "${local.iam}:policy/mercat/${local.name}-*", "arn:aws:iam::aws:policy/service-role/*", "arn:aws:iam::aws:policy/AmazonEKS*",
        "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly", "arn:aws:iam::aws:policy/AWSBackup*", "arn:aws:iam::aws:policy/AmazonEBSCSIDriverPolicy*",
      ] } }
    },
    {
      # The user of SMTP: it has a policy, and no key that Terraform could make. A destroy takes along the key that a person made,
      # and asks on the way to delete a password too, whether there is one or not.
      Sid    = "KeepUsers"
      Effect = "Allow"
      Action = [
        "iam:DeleteAccessKey", "iam:DeleteLoginProfile", "iam:DeleteUser", "iam:DeleteUserPolicy", "iam:PutUserPolicy", "iam:TagUser",
        "iam:UntagUser", "iam:UpdateUser",
      ]
      Resource = ["${local.iam}:user/mercat/${local.name}-*"]
    },
    {
      Sid    = "KeepPolicies"
      Effect = "Allow"
      Action = [
        "iam:CreatePolicy", "iam:CreatePolicyVersion", "iam:DeletePolicy", "iam:DeletePolicyVersion", "iam:SetDefaultPolicyVersion",
        "iam:TagPolicy", "iam:UntagPolicy",
      ]
      Resource = ["${local.iam}:policy/mercat/${local.name}-*"]
    },
    {
      Sid    = "KeepInstanceProfiles"
      Effect = "Allow"
      Action = [
        "iam:AddRoleToInstanceProfile", "iam:CreateInstanceProfile", "iam:DeleteInstanceProfile", "iam:RemoveRoleFromInstanceProfile",
        "iam:TagInstanceProfile", "iam:UntagInstanceProfile",
      ]
      Resource = ["${local.iam}:instance-profile/mercat/${local.name}-*"]
    },
    {
      Sid      = "HandRolesToServices"
      Effect   = "Allow"
      Action   = ["iam:PassRole"]
      Resource = ["${local.iam}:role/mercat/${local.name}-*"]
      Condition = { StringEquals = { "iam:PassedToService" = [
        "backup.amazonaws.com", "chatbot.amazonaws.com", "codebuild.amazonaws.com", "config.amazonaws.com", "ec2.amazonaws.com", "eks-nodegroup.amazonaws.com",
        "eks.amazonaws.com", "monitoring.rds.amazonaws.com", "pods.eks.amazonaws.com", "vpc-flow-logs.amazonaws.com",
      ] } }
    },
    {
      Sid      = "RolesOfServices"
      Effect   = "Allow"
      Action   = ["iam:CreateServiceLinkedRole"]
      Resource = ["${local.iam}:role/aws-service-role/*"]
      Condition = { StringEquals = { "iam:AWSServiceName" = [
        "access-analyzer.amazonaws.com", "agentless.inspector2.amazonaws.com", "autoscaling.amazonaws.com", "backup.amazonaws.com",
        "ecr.amazonaws.com", "eks-nodegroup.amazonaws.com", "eks.amazonaws.com", "elasticache.amazonaws.com", "elasticloadbalancing.amazonaws.com",
        "guardduty.amazonaws.com", "inspector2.amazonaws.com", "malware-protection.guardduty.amazonaws.com", "management.chatbot.amazonaws.com",
        "pullthroughcache.ecr.amazonaws.com", "rds.amazonaws.com", "restore-testing.backup.amazonaws.com", "ses.amazonaws.com",
        "spot.amazonaws.com", "vpcorigin.cloudfront.amazonaws.com", "wafv2.amazonaws.com",
      ] } }
    },
    {
      # One per account: it has no ARN to name.
      Sid      = "PasswordPolicy"
      Effect   = "Allow"
      Action   = ["iam:DeleteAccountPasswordPolicy", "iam:UpdateAccountPasswordPolicy"]
      Resource = "*"
    },
  ]
}
