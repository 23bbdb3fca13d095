resource "aws_route53_zone" "this" {
  name          = var.domain
  comment       = "${var.environment.name}: public names"
  force_destroy = var.force_destroy

  tags = { Name = var.domain }
}

# Zones of other environments below this one, in accounts of their own.
resource "aws_route53_record" "delegation" {
  for_each = var.delegations

  zone_id = aws_route53_zone.this.zone_id
  name    = "${each.key}.${var.domain}"
  type    = "NS"
  ttl     = 3600
  records = each.value.name_servers
}

resource "aws_route53_record" "delegation_signer" {
  for_each = { for label, child in var.delegations : label => child.ds_record if child.ds_record != null }

  zone_id = aws_route53_zone.this.zone_id
  name    = "${each.key}.${var.domain}"
  type    = "DS"
  ttl     = 3600
  records = [each.value]
}

# Only these may issue certificates for the domain and all below it: ACM for CloudFront, Let's Encrypt for Traefik.
resource "aws_route53_record" "caa" {
  zone_id = aws_route53_zone.this.zone_id
  name    = var.domain
  type    = "CAA"
  ttl     = 3600
  records = [for authority in sort(var.certificate_authorities) : "0 issue \"${authority}\""]
}
