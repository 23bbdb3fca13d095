output "identity_arn" {
  description = "ARN of the identity, for roles that may send by SES's API."
  value       = aws_sesv2_email_identity.this.arn
}

output "sender" {
  description = "The address that the store writes from."
  value       = var.domain == null ? var.postmaster : "shop@${var.domain}"
}

output "configuration_set" {
  description = "Name of the configuration set; mail of the identity uses it without being told."
  value       = aws_sesv2_configuration_set.this.configuration_set_name
}

output "smtp_host" {
  description = "Mail server of the region, port 587 with STARTTLS."
  value       = "email-smtp.${var.region}.amazonaws.com"
}

output "smtp_secret_arn" {
  description = "ARN of the secret with the SMTP address; empty until the key was made once (see README)."
  value       = aws_secretsmanager_secret.smtp.arn
}

output "smtp_user" {
  description = "IAM user whose access key becomes the SMTP password."
  value       = aws_iam_user.smtp.name
}
