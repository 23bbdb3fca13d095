output "identity_arn" {
  description = "ARN of the identity, for roles that may send by SES's API."
  value       = aws_sesv2_email_identity.this.arn
}

output "sender" {
  description = "The address that the store writes from."
  value       = var.domain == null ? var.postmaster : "shop@${var.domain}"
}

output "smtp_host" {
  description = "Mail server of the region, port 587 with STARTTLS."
  value       = "email-smtp.${var.environment.region}.amazonaws.com"
}
