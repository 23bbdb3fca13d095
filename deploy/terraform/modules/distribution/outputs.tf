output "address" {
  description = "The store's host name: the domain, or without one CloudFront's own (d….cloudfront.net)."
  value       = coalesce(var.domain, aws_cloudfront_distribution.this.domain_name)
}

output "origin_protocol" {
  description = "What CloudFront speaks to Traefik: https, or http without a domain."
  value       = local.origin_protocol
}
