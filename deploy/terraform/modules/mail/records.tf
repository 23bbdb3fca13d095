locals {
  spf = "v=spf1 include:amazonses.com -all"
}

# SES gives three keys and changes between them. Their tokens are known after the identity was made, their number before.
resource "aws_route53_record" "dkim" {
  for_each = { first = 0, second = 1, third = 2 }

  zone_id = var.zone_id
  name    = "${aws_sesv2_email_identity.domain.dkim_signing_attributes[0].tokens[each.value]}._domainkey.${var.domain}"
  type    = "CNAME"
  ttl     = 3600
  records = ["${aws_sesv2_email_identity.domain.dkim_signing_attributes[0].tokens[each.value]}.${var.dkim_domain}"]
}

resource "aws_route53_record" "mail_from_mx" {
  zone_id = var.zone_id
  name    = "bounce.${var.domain}"
  type    = "MX"
  ttl     = 3600
  records = ["10 feedback-smtp.${var.region}.amazonses.com"]
}

resource "aws_route53_record" "mail_from_spf" {
  zone_id = var.zone_id
  name    = "bounce.${var.domain}"
  type    = "TXT"
  ttl     = 3600
  records = [local.spf]
}

resource "aws_route53_record" "text" {
  zone_id = var.zone_id
  name    = var.domain
  type    = "TXT"
  ttl     = 3600
  records = concat([local.spf], var.text_records)
}

# adkim=s: SES signs with the very domain. aspf=r: the envelope is one label below it.
resource "aws_route53_record" "dmarc" {
  zone_id = var.zone_id
  name    = "_dmarc.${var.domain}"
  type    = "TXT"
  ttl     = 3600
  records = ["v=DMARC1; p=${var.dmarc_policy}; rua=mailto:${var.dmarc_address}; adkim=s; aspf=r"]
}
