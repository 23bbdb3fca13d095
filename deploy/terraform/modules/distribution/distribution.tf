locals {
  names = var.domain == null ? [] : [var.domain]

  # No public authority issues a certificate for AWS's own name of the load balancer. What CloudFront would then fetch by TLS it could
  # not verify, so it refuses; plain HTTP stays inside the VPC. The rule `tls` lets this pass in development alone.
  origin_protocol = var.domain == null ? "http" : "https"
}

# The bucket knows CloudFront by its signature on each request; it need not be public.
resource "aws_cloudfront_origin_access_control" "media" {
  name                              = "${var.environment.name}-media"
  description                       = "Signs what is asked of the private bucket"
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

resource "aws_cloudfront_function" "addresses" {
  name    = "${var.environment.name}-addresses"
  comment = "Other hosts move to the domain; what machines ask for is no page"
  runtime = "cloudfront-js-2.0"
  publish = true
  code    = templatefile("${path.module}/addresses.js", { domain = var.domain == null ? "" : var.domain })
}

# The load balancer is internal, and this is the account's own way to it: nobody else's distribution has one, and none can pass
# by our firewall.
resource "aws_cloudfront_vpc_origin" "api" {
  vpc_origin_endpoint_config {
    name                   = "${var.environment.name}-api"
    arn                    = var.api_origin_arn
    http_port              = 80
    https_port             = 443
    origin_protocol_policy = "${local.origin_protocol}-only"

    origin_ssl_protocols {
      items    = ["TLSv1.2"]
      quantity = 1
    }
  }

  tags = { Name = "${var.environment.name}-api" }
}

resource "aws_cloudfront_distribution" "this" {
  #checkov:skip=CKV_AWS_310:There is one load balancer and one bucket of media; a second origin would need a second store behind it.
  #checkov:skip=CKV2_AWS_47:The group against Log4j (KnownBadInputs) blocks. The check also wants AnonymousIpList, which refuses hosting providers, so Stripe's webhooks, and shoppers behind a VPN.
  #checkov:skip=CKV_AWS_305:The front page is a document of the service pages, at / itself; there is no bucket whose list could be shown in its place.
  #checkov:skip=CKV_AWS_374:A store sells where its owner says; which countries it refuses is a decision of trade, not of this module.
  comment         = var.environment.name
  enabled         = true
  is_ipv6_enabled = true
  http_version    = "http2and3"
  price_class     = var.price_class
  aliases         = local.names
  web_acl_id      = aws_wafv2_web_acl.this.arn
  tags            = { Name = var.environment.name }

  origin {
    origin_id                = "media"
    domain_name              = var.media_bucket.domain_name
    origin_access_control_id = aws_cloudfront_origin_access_control.media.id
  }

  origin {
    origin_id           = "api"
    domain_name         = var.api_origin_domain
    connection_attempts = 2
    connection_timeout  = 5

    vpc_origin_config {
      vpc_origin_id = aws_cloudfront_vpc_origin.api.id
      # An import of a large file takes its time; the services end everything else long before.
      origin_read_timeout      = 60
      origin_keepalive_timeout = 60
    }
  }

  default_cache_behavior {
    target_origin_id           = "api"
    viewer_protocol_policy     = "redirect-to-https"
    allowed_methods            = local.read
    cached_methods             = ["GET", "HEAD"]
    cache_policy_id            = aws_cloudfront_cache_policy.documents.id
    response_headers_policy_id = aws_cloudfront_response_headers_policy.this["pages"].id
    compress                   = true

    function_association {
      event_type   = "viewer-request"
      function_arn = aws_cloudfront_function.addresses.arn
    }
  }

  dynamic "ordered_cache_behavior" {
    for_each = local.behaviours

    content {
      path_pattern               = ordered_cache_behavior.value.path
      target_origin_id           = ordered_cache_behavior.value.origin
      viewer_protocol_policy     = ordered_cache_behavior.value.protocol
      allowed_methods            = ordered_cache_behavior.value.methods
      cached_methods             = ["GET", "HEAD"]
      cache_policy_id            = ordered_cache_behavior.value.cache
      origin_request_policy_id   = ordered_cache_behavior.value.forward
      response_headers_policy_id = ordered_cache_behavior.value.headers
      compress                   = ordered_cache_behavior.value.compress
    }
  }

  # Without this CloudFront keeps every error for 10 seconds, uncached API or not: an order that was not there yet would
  # stay away, a 503 of one replica would be everybody's. No page of ours takes an error's place.
  dynamic "custom_error_response" {
    for_each = local.statuses_with_errors

    content {
      error_code            = custom_error_response.value
      error_caching_min_ttl = 0
    }
  }

  viewer_certificate {
    acm_certificate_arn = var.certificate_arn
    ssl_support_method  = var.domain == null ? null : "sni-only"
    # With its own certificate CloudFront decides, whatever is said here.
    minimum_protocol_version       = var.domain == null ? null : "TLSv1.2_2021"
    cloudfront_default_certificate = var.domain == null ? true : null
  }

  # Cookies hold refresh tokens: never in a log.
  logging_config {
    bucket          = var.logs_bucket_domain
    prefix          = "cloudfront/"
    include_cookies = false
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  lifecycle {
    precondition {
      condition     = !contains(local.names, var.api_origin_domain)
      error_message = "api_origin_domain is one of the distribution's own names: CloudFront would ask itself. Give the load balancer a name of its own."
    }
  }
}
