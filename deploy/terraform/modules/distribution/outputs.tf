output "id" {
  description = "Id of the distribution, to invalidate paths after a release of the web pages."
  value       = aws_cloudfront_distribution.this.id
}

output "arn" {
  description = "ARN of the distribution."
  value       = aws_cloudfront_distribution.this.arn
}

output "domain_name" {
  description = "CloudFront's own name of the distribution (d….cloudfront.net); pages opened there move to the domain."
  value       = aws_cloudfront_distribution.this.domain_name
}

output "web_acl_arn" {
  description = "ARN of the firewall's rules (WAF web ACL)."
  value       = aws_wafv2_web_acl.this.arn
}
