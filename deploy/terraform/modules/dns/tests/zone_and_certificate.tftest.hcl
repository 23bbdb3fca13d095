mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  environment = { name = "mercat-production", account_id = "333333333333" }
  domain      = "shop.example.com"
}

run "the_zone" {
  command = plan

  assert {
    condition     = aws_route53_zone.this.name == "shop.example.com" && length(aws_route53_zone.this.vpc) == 0
    error_message = "The zone is public."
  }
  assert {
    condition     = aws_route53_zone.this.force_destroy == false
    error_message = "A destroy must not take along records others made, unless it is asked to."
  }
  assert {
    condition     = output.zone_id == "ZPUBLIC" && output.zone_arn == aws_route53_zone.this.arn && length(output.name_servers) == 2
    error_message = "Later layers get the zone, and its name servers."
  }
}

run "who_may_issue_certificates" {
  command = plan

  assert {
    condition     = aws_route53_record.caa.name == "shop.example.com" && aws_route53_record.caa.type == "CAA" && toset(aws_route53_record.caa.records) == toset(["0 issue \"amazon.com\"", "0 issue \"letsencrypt.org\""])
    error_message = "Amazon and Let's Encrypt may issue, nobody else."
  }
}

run "the_certificate" {
  command = plan

  assert {
    condition     = aws_acm_certificate.this.region == "us-east-1" && aws_acm_certificate_validation.this[0].region == "us-east-1"
    error_message = "CloudFront takes certificates from us-east-1 only."
  }
  assert {
    condition     = aws_acm_certificate.this.domain_name == "shop.example.com" && aws_acm_certificate.this.subject_alternative_names == toset(["*.shop.example.com"])
    error_message = "It is for the domain and everything one level below."
  }
  assert {
    condition     = aws_acm_certificate.this.validation_method == "DNS" && one(aws_acm_certificate.this.options).certificate_transparency_logging_preference == "ENABLED"
    error_message = "It renews by DNS, and browsers accept it."
  }
  assert {
    condition = (
      aws_route53_record.validation.name == "_proof.shop.example.com." && aws_route53_record.validation.type == "CNAME" &&
      aws_route53_record.validation.records == toset(["_value.acm-validations.aws."]) && aws_route53_record.validation.zone_id == "ZPUBLIC"
    )
    error_message = "The record ACM asks for stands in the zone."
  }
  assert {
    condition     = aws_acm_certificate_validation.this[0].validation_record_fqdns == toset([aws_route53_record.validation.fqdn]) && output.certificate_arn == aws_acm_certificate.this.arn
    error_message = "The certificate is handed on only once it is issued."
  }
}

run "before_the_delegation" {
  command = plan
  variables {
    delegated = false
  }

  assert {
    condition     = length(aws_acm_certificate_validation.this) == 0 && output.certificate_arn == aws_acm_certificate.this.arn
    error_message = "The first apply does not wait for a certificate that cannot be issued yet."
  }
}

run "zones_below" {
  command = plan
  variables {
    delegations = {
      staging     = { name_servers = ["ns-7.example.net", "ns-8.example.net"], ds_record = "777 13 2 ABC" }
      development = { name_servers = ["ns-9.example.net", "ns-10.example.net"] }
    }
  }

  assert {
    condition     = aws_route53_record.delegation["staging"].name == "staging.shop.example.com" && aws_route53_record.delegation["staging"].type == "NS" && length(aws_route53_record.delegation) == 2
    error_message = "Each zone below gets its NS record."
  }
  assert {
    condition     = keys(aws_route53_record.delegation_signer) == ["staging"] && aws_route53_record.delegation_signer["staging"].records == toset(["777 13 2 ABC"])
    error_message = "A signed zone below gets its DS record, an unsigned one none."
  }
}

run "wrong_values_are_refused" {
  command = plan

  variables {
    certificate_authorities = ["digicert.com"]
    delegations             = { staging = { name_servers = ["ns-7.example.net"] } }
    domain                  = "shop.example.com."
  }

  expect_failures = [var.certificate_authorities, var.delegations, var.domain]
}

run "a_crooked_ds_record_is_refused" {
  command = plan
  variables {
    delegations = { staging = { name_servers = ["ns-7.example.net", "ns-8.example.net"], ds_record = "none" } }
  }
  expect_failures = [var.delegations]
}
