locals {
  external_dns = [
    {
      Sid       = "ChangeAddresses"
      Effect    = "Allow"
      Action    = "route53:ChangeResourceRecordSets"
      Resource  = var.zone_arns
      Condition = { "ForAllValues:StringEquals" = { "route53:ChangeResourceRecordSetsRecordTypes" = ["A", "AAAA", "CNAME", "TXT"] } }
    },
    {
      # Whoever writes these records can have a certificate for any of our names. That is cert-manager's work.
      Sid       = "NoCertificates"
      Effect    = "Deny"
      Action    = "route53:ChangeResourceRecordSets"
      Resource  = "*"
      Condition = { "ForAnyValue:StringLike" = { "route53:ChangeResourceRecordSetsNormalizedRecordNames" = ["_acme-challenge.*"] } }
    },
    {
      Sid      = "ReadOwnZones"
      Effect   = "Allow"
      Action   = ["route53:ListResourceRecordSets", "route53:ListTagsForResource", "route53:ListTagsForResources"]
      Resource = var.zone_arns
    },
    {
      # Finding a zone by its name lists them all; Route 53 has neither a resource nor a region to bound it by.
      Sid      = "FindZones"
      Effect   = "Allow"
      Action   = "route53:ListHostedZones"
      Resource = "*"
    },
  ]
}
