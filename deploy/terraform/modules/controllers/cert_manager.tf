# DNS-01 needs one TXT record, whose name begins the same for every domain.
locals {
  cert_manager = [
    {
      Sid      = "AnswerChallenges"
      Effect   = "Allow"
      Action   = "route53:ChangeResourceRecordSets"
      Resource = var.zone_arns
      Condition = {
        "ForAllValues:StringEquals" = { "route53:ChangeResourceRecordSetsRecordTypes" = ["TXT"] }
        "ForAllValues:StringLike"   = { "route53:ChangeResourceRecordSetsNormalizedRecordNames" = ["_acme-challenge.*"] }
      }
    },
    {
      Sid      = "ReadOwnZones"
      Effect   = "Allow"
      Action   = "route53:ListResourceRecordSets"
      Resource = var.zone_arns
    },
    {
      Sid      = "WaitForChanges"
      Effect   = "Allow"
      Action   = "route53:GetChange"
      Resource = "arn:aws:route53:::change/*"
    },
    {
      # Finding a zone by its name lists them all; Route 53 has neither a resource nor a region to bound it by.
      Sid      = "FindZones"
      Effect   = "Allow"
      Action   = "route53:ListHostedZonesByName"
      Resource = "*"
    },
  ]
}
