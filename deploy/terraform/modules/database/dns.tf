# Names for people and tools. Services connect by the secret's host, whose name stands in the certificate.
resource "aws_route53_record" "primary" {
  zone_id = var.zone_id
  name    = "postgres.${var.environment.internal_domain}"
  type    = "CNAME"
  ttl     = 30
  records = [aws_db_instance.this.address]
}

resource "aws_route53_record" "reader" {
  for_each = local.replicas

  zone_id        = var.zone_id
  name           = "postgres-reader.${var.environment.internal_domain}"
  type           = "CNAME"
  ttl            = 30
  records        = [aws_db_instance.replica[each.key].address]
  set_identifier = each.value

  weighted_routing_policy {
    weight = 1
  }
}
