resource "aws_wafv2_web_acl" "this" {
  name        = var.environment.name
  description = "In front of the store's distribution"
  scope       = "CLOUDFRONT"
  # Rules for CloudFront live here, wherever the store runs.
  region = "us-east-1"

  default_action {
    allow {}
  }

  # In the services' own words (RFC 9457), which the storefront knows how to say to a shopper.
  custom_response_body {
    key          = "rate-limited"
    content_type = "APPLICATION_JSON"
    content      = jsonencode({ type = "rate-limited", title = "Too many requests", status = 429, detail = "Try again in a few minutes." })
  }

  rule {
    name     = "rate"
    priority = 0

    action {
      block {
        custom_response {
          response_code            = 429
          custom_response_body_key = "rate-limited"
          response_header {
            name  = "Retry-After"
            value = "300"
          }
        }
      }
    }

    statement {
      rate_based_statement {
        limit                 = var.rate_limit
        evaluation_window_sec = 300
        aggregate_key_type    = "IP"

        # Data and documents: each may cost the database a search. Files are cheap, and one document takes ten of them; webhooks
        # come from few addresses.
        scope_down_statement {
          regex_match_statement {
            regex_string = local.counted_paths
            field_to_match {
              uri_path {}
            }
            text_transformation {
              priority = 0
              type     = "URL_DECODE"
            }
            text_transformation {
              priority = 1
              type     = "NORMALIZE_PATH"
            }
          }
        }
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "${var.environment.name}-rate"
      sampled_requests_enabled   = true
    }
  }

  # For all the rest, webhooks among them: the whole of Stripe comes from a dozen addresses, most of all on the busiest
  # day.
  rule {
    name     = "rate-of-all"
    priority = 1

    action {
      block {
        custom_response {
          response_code            = 429
          custom_response_body_key = "rate-limited"
        }
      }
    }

    statement {
      rate_based_statement {
        limit                 = var.rate_limit * 10
        evaluation_window_sec = 300
        aggregate_key_type    = "IP"
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "${var.environment.name}-rate-of-all"
      sampled_requests_enabled   = true
    }
  }

  # Not AnonymousIpList: it blocks hosting providers, and Stripe is at one.
  rule {
    name     = "reputation"
    priority = 10

    override_action {
      none {}
    }

    statement {
      managed_rule_group_statement {
        vendor_name = "AWS"
        name        = "AWSManagedRulesAmazonIpReputationList"
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "${var.environment.name}-reputation"
      sampled_requests_enabled   = true
    }
  }

  rule {
    name     = "known-bad-inputs"
    priority = 20

    override_action {
      none {}
    }

    statement {
      managed_rule_group_statement {
        vendor_name = "AWS"
        name        = "AWSManagedRulesKnownBadInputsRuleSet"
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "${var.environment.name}-known-bad-inputs"
      sampled_requests_enabled   = true
    }
  }

  rule {
    name     = "common"
    priority = 30

    override_action {
      none {}
    }

    statement {
      managed_rule_group_statement {
        vendor_name = "AWS"
        name        = "AWSManagedRulesCommonRuleSet"

        # Counted here, they only leave a label; the rules below block by it, but for the paths that may.
        dynamic "rule_action_override" {
          for_each = local.tolerated

          content {
            name = rule_action_override.key
            action_to_use {
              count {}
            }
          }
        }
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "${var.environment.name}-common"
      sampled_requests_enabled   = true
    }
  }

  dynamic "rule" {
    for_each = local.tolerated

    content {
      name     = rule.key
      priority = rule.value.priority

      action {
        block {}
      }

      statement {
        and_statement {
          statement {
            label_match_statement {
              scope = "LABEL"
              key   = "awswaf:managed:aws:core-rule-set:${rule.value.label}"
            }
          }

          statement {
            not_statement {
              statement {
                # Decoded and normalised, so that no detour through /webhooks/../ is taken for a webhook.
                regex_match_statement {
                  regex_string = rule.value.where
                  field_to_match {
                    uri_path {}
                  }
                  text_transformation {
                    priority = 0
                    type     = "URL_DECODE"
                  }
                  text_transformation {
                    priority = 1
                    type     = "NORMALIZE_PATH"
                  }
                }
              }
            }
          }
        }
      }

      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = "${var.environment.name}-${rule.value.label}"
        sampled_requests_enabled   = true
      }
    }
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = var.environment.name
    sampled_requests_enabled   = true
  }
}
