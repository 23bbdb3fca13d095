locals {
  apply_edge = [
    {
      # What CloudFront makes has no ARN before, and may not be asked about by one.
      Sid    = "MakeDistribution"
      Effect = "Allow"
      Action = [
        "cloudfront:CreateCachePolicy", "cloudfront:CreateDistribution", "cloudfront:CreateFunction",
        "cloudfront:CreateMonitoringSubscription", "cloudfront:CreateOriginAccessControl", "cloudfront:CreateOriginRequestPolicy",
        "cloudfront:CreateResponseHeadersPolicy", "cloudfront:CreateVpcOrigin", "cloudfront:DeleteMonitoringSubscription",
      ]
      Resource = "*"
    },
    {
      # CloudFront's things bear numbers; the account is one environment's.
      Sid    = "Distribution"
      Effect = "Allow"
      Action = [
        "cloudfront:CreateInvalidation", "cloudfront:DeleteCachePolicy", "cloudfront:DeleteDistribution", "cloudfront:DeleteFunction",
        "cloudfront:DeleteOriginAccessControl", "cloudfront:DeleteOriginRequestPolicy", "cloudfront:DeleteResponseHeadersPolicy",
        "cloudfront:PublishFunction", "cloudfront:TagResource", "cloudfront:UntagResource", "cloudfront:UpdateCachePolicy",
        "cloudfront:UpdateDistribution", "cloudfront:UpdateFunction", "cloudfront:UpdateOriginAccessControl",
        "cloudfront:DeleteVpcOrigin", "cloudfront:UpdateOriginRequestPolicy", "cloudfront:UpdateResponseHeadersPolicy",
        "cloudfront:UpdateVpcOrigin",
      ]
      Resource = ["arn:aws:cloudfront::${local.account}:*"]
    },
    {
      Sid    = "Firewall"
      Effect = "Allow"
      Action = [
        "wafv2:AssociateWebACL", "wafv2:CreateIPSet", "wafv2:CreateRegexPatternSet", "wafv2:CreateRuleGroup", "wafv2:CreateWebACL",
        "wafv2:DeleteIPSet", "wafv2:DeleteLoggingConfiguration", "wafv2:DeleteRegexPatternSet", "wafv2:DeleteRuleGroup", "wafv2:DeleteWebACL",
        "wafv2:PutLoggingConfiguration", "wafv2:TagResource", "wafv2:UntagResource", "wafv2:UpdateIPSet", "wafv2:UpdateRegexPatternSet",
        "wafv2:UpdateRuleGroup", "wafv2:UpdateWebACL",
      ]
      Resource = [
        "arn:aws:wafv2:us-east-1:${local.account}:global/*/${local.name}*",
        "arn:aws:wafv2:us-east-1:${local.account}:global/managedruleset/*",
      ]
    },
    {
      # A certificate that is asked for has no ARN yet.
      Sid       = "MakeCertificate"
      Effect    = "Allow"
      Action    = ["acm:RequestCertificate"]
      Resource  = "*"
      Condition = { StringEquals = { "aws:RequestedRegion" = distinct([local.region, "us-east-1"]) } }
    },
    {
      Sid    = "Certificates"
      Effect = "Allow"
      Action = ["acm:AddTagsToCertificate", "acm:DeleteCertificate", "acm:RemoveTagsFromCertificate", "acm:UpdateCertificateOptions"]
      # A certificate bears a number.
      Resource = ["arn:aws:acm:us-east-1:${local.account}:certificate/*", "arn:aws:acm:${local.region}:${local.account}:certificate/*"]
    },
    {
      # Deliveries of logs (of the firewall, the load balancer, CloudFront) are made in the caller's name and have no ARN.
      Sid       = "LogDeliveries"
      Effect    = "Allow"
      Action    = ["logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery"]
      Resource  = "*"
      Condition = { StringEquals = { "aws:RequestedRegion" = local.regions } }
    },
  ]
}
