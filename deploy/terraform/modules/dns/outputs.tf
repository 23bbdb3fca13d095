output "zone_id" {
  description = "The public zone."
  value       = aws_route53_zone.this.zone_id
}

output "zone_arn" {
  description = "ARN of the public zone."
  value       = aws_route53_zone.this.arn
}

output "name_servers" {
  description = "Name servers the parent zone must point to."
  value       = aws_route53_zone.this.name_servers
}

output "certificate_arn" {
  description = "Certificate for the domain and its wildcard, in us-east-1: issued, if delegated."
  value       = var.delegated ? aws_acm_certificate_validation.this[0].certificate_arn : aws_acm_certificate.this.arn
}

output "ds_record" {
  description = "What the parent zone must hold as DS record; null without DNSSEC."
  value       = var.dnssec ? aws_route53_key_signing_key.this[0].ds_record : null
}
