locals {
  region = split(":", var.data_key_arn)[3]

  media = [
    {
      # With it a missing image answers 404; without, 403, which looks like a fault.
      Sid      = "LookForMedia"
      Effect   = "Allow"
      Action   = "s3:ListBucket"
      Resource = var.media_bucket_arn
    },
    {
      Sid      = "KeepMedia"
      Effect   = "Allow"
      Action   = ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
      Resource = "${var.media_bucket_arn}/*"
    },
    {
      Sid       = "EncryptMedia"
      Effect    = "Allow"
      Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
      Resource  = var.data_key_arn
      Condition = { StringEquals = { "kms:ViaService" = "s3.${local.region}.amazonaws.com" } }
    },
  ]

  mail = [
    {
      # SES asks for both: the identity that sends and the configuration set that counts bounces.
      Sid      = "SendMail"
      Effect   = "Allow"
      Action   = ["ses:SendEmail", "ses:SendRawEmail"]
      Resource = [var.mail_identity_arn, "${split(":identity/", var.mail_identity_arn)[0]}:configuration-set/${var.environment.name}*"]
    },
  ]

  statements = { for service in var.services : service => concat(
    [for statement in local.media : statement if contains(var.media_services, service)],
    [for statement in local.mail : statement if contains(var.mail_services, service)],
  ) }
}

# A service without rights has a role too: it shows up by name in the audit trail, and its pods look no further.
module "identity" {
  source   = "../pod-identity"
  for_each = local.statements

  name                     = "${var.environment.name}-service-${each.key}"
  cluster_name             = var.cluster_name
  account_id               = var.environment.account_id
  namespace                = "mercat"
  service_account          = each.key
  policy                   = length(each.value) == 0 ? null : jsonencode({ Version = "2012-10-17", Statement = each.value })
  permissions_boundary_arn = var.environment.boundary_arn
  tags                     = { Service = each.key }
}
