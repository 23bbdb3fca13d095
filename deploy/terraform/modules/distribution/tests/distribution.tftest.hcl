mock_provider "aws" {
  override_during = plan

  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:us-east-1:111111111111:log-group:aws-waf-logs-mercat-test" }
  }
  mock_resource "aws_wafv2_web_acl" {
    defaults = { arn = "arn:aws:wafv2:us-east-1:111111111111:global/webacl/mercat-test/0" }
  }
  mock_resource "aws_cloudfront_distribution" {
    defaults = { domain_name = "d1.cloudfront.net", hosted_zone_id = "Z2FDTNDATAQYW2" }
  }
  mock_resource "aws_cloudfront_origin_access_control" {
    defaults = { id = "access-control" }
  }
}

run "as_the_caller_wishes" {
  command = plan

  assert {
    condition     = aws_cloudfront_distribution.this.default_cache_behavior[0].viewer_protocol_policy == "redirect-to-https"
    error_message = "A page asked for over http must be redirected."
  }
  assert {
    condition     = alltrue([for b in aws_cloudfront_distribution.this.ordered_cache_behavior : contains(["https-only", "redirect-to-https"], b.viewer_protocol_policy)])
    error_message = "Every behaviour refuses or redirects http."
  }
  assert {
    condition = alltrue([for b in aws_cloudfront_distribution.this.ordered_cache_behavior :
      b.viewer_protocol_policy == (contains(["/assets/*", "/theme/*", "/media/*"], b.path_pattern) ? "redirect-to-https" : "https-only")
    ])
    error_message = "The API refuses http: a redirect comes after the token was sent."
  }
  assert {
    condition     = can(regex("^TLSv1\\.[23]_20(2[1-9]|[3-9])", aws_cloudfront_distribution.this.viewer_certificate[0].minimum_protocol_version))
    error_message = "TLSv1.2_2021 is the oldest policy to be offered."
  }
  assert {
    condition     = alltrue([for o in aws_cloudfront_distribution.this.origin : o.origin_access_control_id == "access-control" if o.origin_id != "api"])
    error_message = "The bucket is asked with CloudFront's signature."
  }
  assert {
    condition = (
      aws_cloudfront_origin_access_control.media.signing_behavior == "always"
      && aws_cloudfront_origin_access_control.media.signing_protocol == "sigv4"
    )
    error_message = "Every request to the bucket is signed."
  }
  assert {
    condition = (
      aws_cloudfront_distribution.this.default_cache_behavior[0].target_origin_id == "api"
      && aws_cloudfront_distribution.this.default_cache_behavior[0].allowed_methods == toset(["GET", "HEAD", "OPTIONS"])
      && aws_cloudfront_distribution.this.default_root_object == null
    )
    error_message = "What no behaviour claims is a document of the services, and is read only."
  }
  assert {
    condition     = toset(aws_cloudfront_distribution.this.aliases) == toset(["shop.example.com"])
    error_message = "The domain is the one name."
  }
  assert {
    condition = toset(keys(aws_route53_record.address)) == toset([
      "shop.example.com A", "shop.example.com AAAA",
    ])
    error_message = "The name has an address of both kinds."
  }
  assert {
    condition     = alltrue([for record in aws_route53_record.address : record.alias[0].name == "d1.cloudfront.net" && record.zone_id == "Z1"])
    error_message = "The addresses are the distribution's."
  }
  assert {
    condition     = aws_cloudfront_distribution.this.is_ipv6_enabled && aws_cloudfront_distribution.this.http_version == "http2and3" && aws_cloudfront_distribution.this.enabled
    error_message = "The store is reached over IPv6 and HTTP/3."
  }
  assert {
    condition     = aws_cloudfront_distribution.this.price_class == "PriceClass_100"
    error_message = "price_class is the caller's."
  }
  assert {
    condition = (
      aws_cloudfront_distribution.this.logging_config[0].bucket == "mercat-test-logs.s3.amazonaws.com"
      && aws_cloudfront_distribution.this.logging_config[0].include_cookies == false
    )
    error_message = "Access is logged, without cookies."
  }
  assert {
    condition     = alltrue([for o in aws_cloudfront_distribution.this.origin : length(o.vpc_origin_config) == 1 && length(o.custom_origin_config) == 0 if o.origin_id == "api"])
    error_message = "The services are reached inside the VPC, where no other distribution comes."
  }
  assert {
    condition = alltrue([for way in aws_cloudfront_vpc_origin.api.vpc_origin_endpoint_config :
      way.arn == var.api_origin_arn && way.origin_protocol_policy == "https-only" && way.https_port == 443 && one(way.origin_ssl_protocols).items == toset(["TLSv1.2"])
    ])
    error_message = "By TLS 1.2, to the given load balancer."
  }
  assert {
    condition     = output.address == "shop.example.com" && output.origin_protocol == "https"
    error_message = "The charts learn the address, and that Traefik speaks TLS."
  }
}

run "tried_without_a_domain" {
  command = plan

  variables {
    domain            = null
    certificate_arn   = null
    zone_id           = null
    api_origin_domain = "mercat-test-1.elb.eu-central-1.amazonaws.com"
  }

  assert {
    condition     = one(aws_cloudfront_distribution.this.viewer_certificate).cloudfront_default_certificate && length(aws_cloudfront_distribution.this.aliases) + length(aws_route53_record.address) == 0
    error_message = "CloudFront's own name and certificate."
  }
  assert {
    condition     = alltrue([for way in aws_cloudfront_vpc_origin.api.vpc_origin_endpoint_config : way.origin_protocol_policy == "http-only" && way.http_port == 80])
    error_message = "Plain HTTP, inside the VPC."
  }
  assert {
    condition     = alltrue([for b in aws_cloudfront_distribution.this.ordered_cache_behavior : contains(["https-only", "redirect-to-https"], b.viewer_protocol_policy)])
    error_message = "Shoppers come by https all the same."
  }
  assert {
    condition     = output.address == "d1.cloudfront.net" && output.origin_protocol == "http" && strcontains(aws_cloudfront_function.addresses.code, "const HOST = \"\";")
    error_message = "CloudFront's name is the store's address, and nobody is moved to another."
  }
}

run "a_domain_has_a_certificate" {
  command = plan

  variables { certificate_arn = null }

  expect_failures = [var.certificate_arn]
}

run "wrong_values_are_refused" {
  command = plan

  variables {
    certificate_arn    = "arn:aws:acm:eu-central-1:111111111111:certificate/0"
    media_bucket       = { domain_name = "media.example.com" }
    api_origin_domain  = "10.0.0.1:443"
    logs_bucket_domain = "mercat-test-logs.s3.eu-central-1.amazonaws.com"
    price_class        = "PriceClass_300"
    rate_limit         = 10
    cached_routes      = ["/api/v1/admin"]
    api_origin_arn     = "internal-mercat.elb.eu-central-1.amazonaws.com"
    waf_log_days       = 8
  }

  expect_failures = [var.certificate_arn, var.media_bucket, var.api_origin_domain, var.logs_bucket_domain, var.price_class, var.rate_limit, var.cached_routes, var.api_origin_arn, var.waf_log_days]
}

run "a_domain_is_no_address" {
  command = plan

  variables { domain = "https://shop.example.com" }

  expect_failures = [var.domain]
}

run "the_distribution_never_asks_itself" {
  command = plan

  variables { api_origin_domain = "shop.example.com" }

  expect_failures = [aws_cloudfront_distribution.this]
}
