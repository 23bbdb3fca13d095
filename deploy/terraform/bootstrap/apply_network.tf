locals {
  apply_network = [
    {
      # EC2 knows these by numbers that do not exist yet, so "*"; the region holds them, and the account is one environment's.
      Sid    = "Network"
      Effect = "Allow"
      Action = [
        "ec2:AllocateAddress", "ec2:AssociateAddress", "ec2:AssociateRouteTable", "ec2:AssociateVpcCidrBlock", "ec2:AttachInternetGateway",
        "ec2:AuthorizeSecurityGroupEgress", "ec2:AuthorizeSecurityGroupIngress", "ec2:CreateFlowLogs", "ec2:CreateInternetGateway",
        "ec2:CreateLaunchTemplate", "ec2:CreateLaunchTemplateVersion", "ec2:CreateNatGateway", "ec2:CreateNetworkAcl",
        "ec2:CreateNetworkAclEntry", "ec2:CreateNetworkInterface", "ec2:CreateRoute", "ec2:CreateRouteTable", "ec2:CreateSecurityGroup", "ec2:CreateSubnet",
        "ec2:CreateTags", "ec2:CreateVpc", "ec2:CreateVpcEndpoint", "ec2:DeleteFlowLogs", "ec2:DeleteInternetGateway",
        "ec2:DeleteLaunchTemplate", "ec2:DeleteLaunchTemplateVersions", "ec2:DeleteNatGateway", "ec2:DeleteNetworkAcl",
        "ec2:DeleteNetworkAclEntry", "ec2:DeleteNetworkInterface", "ec2:DeleteRoute", "ec2:DeleteRouteTable", "ec2:DeleteSecurityGroup",
        "ec2:DeleteSubnet", "ec2:DeleteTags", "ec2:DeleteVpc", "ec2:DeleteVpcEndpoints", "ec2:DetachInternetGateway",
        "ec2:DetachNetworkInterface", "ec2:DisassociateAddress", "ec2:DisassociateRouteTable", "ec2:DisassociateVpcCidrBlock",
        "ec2:ModifyLaunchTemplate", "ec2:ModifySecurityGroupRules", "ec2:ModifySubnetAttribute", "ec2:ModifyVpcAttribute",
        "ec2:ModifyVpcEndpoint", "ec2:ReleaseAddress", "ec2:ReplaceNetworkAclAssociation", "ec2:ReplaceNetworkAclEntry",
        "ec2:ReplaceRoute", "ec2:ReplaceRouteTableAssociation", "ec2:RevokeSecurityGroupEgress", "ec2:RevokeSecurityGroupIngress",
        "ec2:UpdateSecurityGroupRuleDescriptionsEgress", "ec2:UpdateSecurityGroupRuleDescriptionsIngress",
      ]
      Resource  = "*"
      Condition = { StringEquals = { "aws:RequestedRegion" = local.region } }
    },
    {
      # EKS tries the launch template in the caller's name before it takes it; nobody starts an instance himself.
      Sid       = "TryLaunchTemplate"
      Effect    = "Allow"
      Action    = ["ec2:RunInstances"]
      Resource  = "*"
      Condition = { StringEquals = { "aws:RequestedRegion" = local.region }, Bool = { "aws:ViaAWSService" = "true" } }
    },
    {
      # The account's defaults; they have no ARN.
      Sid    = "SafeDefaults"
      Effect = "Allow"
      Action = [
        "ec2:DisableEbsEncryptionByDefault", "ec2:DisableImageBlockPublicAccess", "ec2:DisableSnapshotBlockPublicAccess",
        "ec2:EnableEbsEncryptionByDefault", "ec2:EnableImageBlockPublicAccess", "ec2:EnableSnapshotBlockPublicAccess",
        "ec2:ModifyInstanceMetadataDefaults", "s3:PutAccountPublicAccessBlock",
      ]
      Resource  = "*"
      Condition = { StringEquals = { "aws:RequestedRegion" = [local.region, "us-east-1"] } }
    },
    {
      Sid    = "LoadBalancer"
      Effect = "Allow"
      Action = [
        "elasticloadbalancing:AddTags", "elasticloadbalancing:CreateListener", "elasticloadbalancing:CreateLoadBalancer",
        "elasticloadbalancing:CreateTargetGroup", "elasticloadbalancing:DeleteListener", "elasticloadbalancing:DeleteLoadBalancer",
        "elasticloadbalancing:DeleteTargetGroup", "elasticloadbalancing:ModifyListener", "elasticloadbalancing:ModifyListenerAttributes",
        "elasticloadbalancing:ModifyLoadBalancerAttributes", "elasticloadbalancing:ModifyTargetGroup",
        "elasticloadbalancing:ModifyTargetGroupAttributes", "elasticloadbalancing:RemoveTags", "elasticloadbalancing:SetSecurityGroups",
        "elasticloadbalancing:SetSubnets",
      ]
      Resource = [
        "arn:aws:elasticloadbalancing:${local.region}:${local.account}:loadbalancer/net/${local.name}*",
        "arn:aws:elasticloadbalancing:${local.region}:${local.account}:listener/net/${local.name}*",
        "arn:aws:elasticloadbalancing:${local.region}:${local.account}:targetgroup/${local.name}*",
      ]
    },
    {
      # A new zone has no number yet, and zones bear no names in their ARNs.
      Sid    = "Zones"
      Effect = "Allow"
      Action = [
        "route53:ActivateKeySigningKey", "route53:AssociateVPCWithHostedZone", "route53:ChangeResourceRecordSets", "route53:ChangeTagsForResource",
        "route53:CreateHostedZone", "route53:CreateKeySigningKey", "route53:CreateQueryLoggingConfig", "route53:DeactivateKeySigningKey",
        "route53:DeleteHostedZone", "route53:DeleteKeySigningKey", "route53:DeleteQueryLoggingConfig", "route53:DisableHostedZoneDNSSEC",
        "route53:DisassociateVPCFromHostedZone", "route53:EnableHostedZoneDNSSEC", "route53:UpdateHostedZoneComment",
      ]
      Resource = "*"
    },
  ]
}
