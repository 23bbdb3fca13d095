locals {
  apply_edge = [
    {
      # CloudFront's things bear numbers; the account is one environment's.
      Sid    = "Distribution"
      Effect = "Allow"
      Action = [
        "cloudfront:CreateCachePolicy", "cloudfront:CreateDistribution", "cloudfront:CreateFunction", "cloudfront:CreateInvalidation",
        "cloudfront:CreateMonitoringSubscription", "cloudfront:CreateOriginAccessControl", "cloudfront:CreateOriginRequestPolicy",
        "cloudfront:CreateResponseHeadersPolicy", "cloudfront:DeleteCachePolicy", "cloudfront:DeleteDistribution", "cloudfront:DeleteFunction",
        "cloudfront:DeleteMonitoringSubscription", "cloudfront:DeleteOriginAccessControl", "cloudfront:DeleteOriginRequestPolicy",
        "cloudfront:DeleteResponseHeadersPolicy", "cloudfront:PublishFunction", "cloudfront:TagResource", "cloudfront:UntagResource",
        "cloudfront:UpdateCachePolicy", "cloudfront:UpdateDistribution", "cloudfront:UpdateFunction", "cloudfront:UpdateOriginAccessControl",
        "cloudfront:UpdateOriginRequestPolicy", "cloudfront:UpdateResponseHeadersPolicy",
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
      Sid    = "Certificates"
      Effect = "Allow"
      Action = ["acm:AddTagsToCertificate", "acm:DeleteCertificate", "acm:RemoveTagsFromCertificate", "acm:RequestCertificate", "acm:UpdateCertificateOptions"]
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
