# In us-east-1 whatever the region of the store: CloudFront takes certificates from nowhere else.
resource "aws_acm_certificate" "this" {
  region                    = "us-east-1"
  domain_name               = var.domain
  subject_alternative_names = ["*.${var.domain}"]
  validation_method         = "DNS"
  key_algorithm             = "EC_prime256v1"

  options {
    certificate_transparency_logging_preference = "ENABLED" # browsers refuse what is not logged
  }

  tags = { Name = var.domain }

  # CloudFront holds on to the old one until the new one is in its place.
  lifecycle {
    create_before_destroy = true
  }
}

locals {
  # The domain and its wildcard are proved by one and the same record. It stays for good: ACM renews by it.
  validation = one([
    for option in aws_acm_certificate.this.domain_validation_options : option if option.domain_name == var.domain
  ])
}

resource "aws_route53_record" "validation" {
  zone_id = aws_route53_zone.this.zone_id
  name    = local.validation.resource_record_name
  type    = local.validation.resource_record_type
  ttl     = 300
  records = [local.validation.resource_record_value]

  # ACM looks at the CAA records first, and must find itself among them.
  depends_on = [aws_route53_record.caa]
}

# Waits until ACM has seen the record, which it can only once the parent zone points here.
resource "aws_acm_certificate_validation" "this" {
  count = var.delegated ? 1 : 0

  region                  = "us-east-1"
  certificate_arn         = aws_acm_certificate.this.arn
  validation_record_fqdns = [aws_route53_record.validation.fqdn]

  timeouts {
    create = "30m"
  }
}
