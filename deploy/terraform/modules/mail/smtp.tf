# SMTP knows no roles: SES derives its password from a user's access key. Terraform makes the user, never the key, which
# would lie in the state; README says how it is made and changed.
resource "aws_iam_user" "smtp" {
  #checkov:skip=CKV_AWS_273:No person signs in with it. SES accepts SMTP only from an IAM user's derived password; services that speak SES's API use their role instead.
  name                 = "${var.environment.name}-smtp"
  path                 = "/mercat/"
  permissions_boundary = var.environment.boundary_arn
  # Its key is not Terraform's, and would keep it from being destroyed.
  force_destroy = true
}

resource "aws_iam_user_policy" "smtp" {
  #checkov:skip=CKV_AWS_40:The only user of the account and the only policy; a group of one would say less plainly what it may do.
  name = "${var.environment.name}-smtp"
  user = aws_iam_user.smtp.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid    = "SendInTheStoresName"
      Effect = "Allow"
      Action = "ses:SendRawEmail"
      # In its sandbox SES asks for the recipient's identity too. In whose name is sent, the condition says.
      Resource  = ["${trimsuffix(aws_sesv2_email_identity.this.arn, local.identity)}*", aws_sesv2_configuration_set.this.arn]
      Condition = { StringLike = { "ses:FromAddress" = var.domain == null ? var.postmaster : "*@${var.domain}" } }
    }]
  })
}

# Empty: the key's own step fills it, external-secrets reads it.
resource "aws_secretsmanager_secret" "smtp" {
  #checkov:skip=CKV2_AWS_57:Nothing can rotate it by itself, as the password comes from an access key that only a person or a pipeline makes; README has the step, to be taken every 90 days.
  name                    = "${var.environment.secrets_prefix}/smtp"
  description             = "JSON with one key, url: smtp://user:password@host:587"
  kms_key_id              = var.key_arn
  recovery_window_in_days = var.environment.secret_days
}
