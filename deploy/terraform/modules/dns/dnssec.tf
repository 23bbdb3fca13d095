# Route 53 signs with a key of ours; only P-256 in us-east-1 will do. No rotation exists for such a key: a new one is a
# second key signing key, a second DS record at the parent, and then the end of the first.
resource "aws_kms_key" "dnssec" {
  count = var.dnssec ? 1 : 0

  region                   = "us-east-1"
  description              = "${var.environment.name}: signs the DNS zone ${var.domain}"
  key_usage                = "SIGN_VERIFY"
  customer_master_key_spec = "ECC_NIST_P256"
  deletion_window_in_days  = 30

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        # The account administers the key by IAM, but kms:Sign is not among this: nobody but Route 53 signs.
        Sid       = "Administer"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${var.environment.account_id}:root" }
        Action = [
          "kms:CancelKeyDeletion", "kms:CreateAlias", "kms:DeleteAlias", "kms:DescribeKey", "kms:DisableKey", "kms:EnableKey",
          "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:GetPublicKey", "kms:ListGrants", "kms:ListKeyPolicies",
          "kms:ListResourceTags", "kms:PutKeyPolicy", "kms:RevokeGrant", "kms:ScheduleKeyDeletion", "kms:TagResource",
          "kms:UntagResource", "kms:UpdateAlias", "kms:UpdateKeyDescription",
        ]
        Resource = "*" # of a key policy: this key
      },
      {
        Sid       = "Sign"
        Effect    = "Allow"
        Principal = { Service = "dnssec-route53.amazonaws.com" }
        Action    = ["kms:DescribeKey", "kms:GetPublicKey", "kms:Sign"]
        Resource  = "*"
        Condition = {
          StringEquals = { "aws:SourceAccount" = var.environment.account_id }
          ArnLike      = { "aws:SourceArn" = "arn:aws:route53:::hostedzone/${aws_route53_zone.this.zone_id}" }
        }
      },
      {
        Sid       = "Grant"
        Effect    = "Allow"
        Principal = { Service = "dnssec-route53.amazonaws.com" }
        Action    = "kms:CreateGrant"
        Resource  = "*"
        Condition = { Bool = { "kms:GrantIsForAWSResource" = "true" } }
      }
    ]
  })

  tags = { Name = "${var.environment.name}-dnssec" }
}

resource "aws_kms_alias" "dnssec" {
  count = var.dnssec ? 1 : 0

  region        = "us-east-1"
  name          = "alias/${var.environment.name}-dnssec"
  target_key_id = aws_kms_key.dnssec[0].key_id
}

resource "aws_route53_key_signing_key" "this" {
  count = var.dnssec ? 1 : 0

  name                       = replace(var.environment.name, "-", "_") # Route 53 takes no hyphen here
  hosted_zone_id             = aws_route53_zone.this.zone_id
  key_management_service_arn = aws_kms_key.dnssec[0].arn
  status                     = "ACTIVE"
}

resource "aws_route53_hosted_zone_dnssec" "this" {
  count = var.dnssec ? 1 : 0

  hosted_zone_id = aws_route53_zone.this.zone_id
  signing_status = "SIGNING"

  # The key comes before the signature, and goes after it.
  depends_on = [aws_route53_key_signing_key.this]
}
