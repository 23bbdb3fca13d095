# Known at plan, so that tests can tell which resource another one points to.
mock_resource "aws_route53_zone" {
  defaults = {
    arn          = "arn:aws:route53:::hostedzone/ZPUBLIC"
    zone_id      = "ZPUBLIC"
    name_servers = ["ns-1.example.net", "ns-2.example.net"]
  }
}

mock_resource "aws_route53_record" {}

mock_resource "aws_acm_certificate" {
  defaults = {
    arn = "arn:aws:acm:us-east-1:333333333333:certificate/1"
    domain_validation_options = [
      {
        domain_name           = "shop.example.com"
        resource_record_name  = "_proof.shop.example.com."
        resource_record_type  = "CNAME"
        resource_record_value = "_value.acm-validations.aws."
      },
      {
        domain_name           = "*.shop.example.com"
        resource_record_name  = "_proof.shop.example.com."
        resource_record_type  = "CNAME"
        resource_record_value = "_value.acm-validations.aws."
      },
    ]
  }
}

mock_resource "aws_kms_key" {
  defaults = { arn = "arn:aws:kms:us-east-1:333333333333:key/dnssec" }
}

mock_resource "aws_route53_key_signing_key" {
  defaults = { ds_record = "12345 13 2 ABCDEF" }
}

mock_resource "aws_cloudwatch_log_group" {
  defaults = { arn = "arn:aws:logs:us-east-1:333333333333:log-group:dns" }
}
