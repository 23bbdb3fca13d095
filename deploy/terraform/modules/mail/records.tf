locals {
  spf    = "v=spf1 include:amazonses.com -all"
  bounce = "bounce.${local.identity}"
  # SES gives three keys and changes between them. Their tokens are known after the identity was made, their number before.
  tokens = { for number, key in ["first", "second", "third"] : key => var.domain == null ? "" : aws_sesv2_email_identity.this.dkim_signing_attributes[0].tokens[number] }

  records = merge(
    { for key, token in local.tokens : "dkim_${key}" => { type = "CNAME", name = "${token}._domainkey.${local.identity}", values = ["${token}.${var.dkim_domain}"] } },
    {
      mail_from_mx  = { type = "MX", name = local.bounce, values = ["10 feedback-smtp.${var.environment.region}.amazonses.com"] }
      mail_from_spf = { type = "TXT", name = local.bounce, values = [local.spf] }
      text          = { type = "TXT", name = local.identity, values = concat([local.spf], var.text_records) }
      # adkim=s: SES signs with the very domain. aspf=r: the envelope is one label below it.
      dmarc = { type = "TXT", name = "_dmarc.${local.identity}", values = ["v=DMARC1; p=quarantine; rua=mailto:${var.postmaster}; adkim=s; aspf=r"] }
    },
  )
}

resource "aws_route53_record" "this" {
  for_each = { for what, record in local.records : what => record if var.domain != null }

  zone_id = var.zone_id
  name    = each.value.name
  type    = each.value.type
  ttl     = 3600
  records = each.value.values
}
