locals {
  # The keys are the caller's own names, so that a plan can be made before the distribution exists.
  addresses = { for pair in setproduct(local.names, ["A", "AAAA"]) : "${pair[0]} ${pair[1]}" => { name = pair[0], type = pair[1] } }
}

resource "aws_route53_record" "address" {
  for_each = local.addresses

  zone_id = var.zone_id
  name    = each.value.name
  type    = each.value.type

  alias {
    name    = aws_cloudfront_distribution.this.domain_name
    zone_id = aws_cloudfront_distribution.this.hosted_zone_id
    # Route 53 cannot ask CloudFront how it is.
    evaluate_target_health = false
  }
}
