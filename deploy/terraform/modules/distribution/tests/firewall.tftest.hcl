mock_provider "aws" {
  override_during = plan

  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:us-east-1:111111111111:log-group:aws-waf-logs-mercat-test" }
  }
  mock_resource "aws_wafv2_web_acl" {
    defaults = { arn = "arn:aws:wafv2:us-east-1:111111111111:global/webacl/mercat-test/0" }
  }
}

run "it_stands_in_front" {
  command = plan

  assert {
    condition     = aws_wafv2_web_acl.this.scope == "CLOUDFRONT" && aws_wafv2_web_acl.this.region == "us-east-1"
    error_message = "Rules for CloudFront live in us-east-1."
  }
  assert {
    condition     = aws_cloudfront_distribution.this.web_acl_id == "arn:aws:wafv2:us-east-1:111111111111:global/webacl/mercat-test/0"
    error_message = "The distribution is behind the firewall."
  }
  assert {
    condition     = alltrue([for r in aws_wafv2_web_acl.this.rule : r.visibility_config[0].cloudwatch_metrics_enabled])
    error_message = "What a rule does can be seen."
  }
  assert {
    condition     = length(distinct([for r in aws_wafv2_web_acl.this.rule : r.priority])) == length(aws_wafv2_web_acl.this.rule)
    error_message = "No two rules have the same priority."
  }
  assert {
    condition = toset(flatten([for r in aws_wafv2_web_acl.this.rule : r.statement[0].managed_rule_group_statement[*].name])) == toset([
      "AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet", "AWSManagedRulesAmazonIpReputationList",
    ])
    error_message = "The three groups stand; AnonymousIpList does not, as it would block Stripe."
  }
  assert {
    condition = alltrue([for r in aws_wafv2_web_acl.this.rule :
      length(r.override_action[0].none) == 1 && length(r.override_action[0].count) == 0
    if length(r.statement[0].managed_rule_group_statement) == 1])
    error_message = "A group whose actions are overridden only counts."
  }
  assert {
    condition = alltrue([for r in aws_wafv2_web_acl.this.rule :
      length(r.statement[0].managed_rule_group_statement[0].rule_action_override) == (r.name == "common" ? 5 : 0)
    if length(r.statement[0].managed_rule_group_statement) == 1])
    error_message = "Only the five rules of the common set that honest requests meet are counted."
  }
  assert {
    condition     = one([for r in aws_wafv2_web_acl.this.rule : r.statement[0].rate_based_statement[0].limit if r.name == "rate"]) == 2000
    error_message = "The limit is the caller's."
  }
  assert {
    condition     = one([for r in aws_wafv2_web_acl.this.rule : r.statement[0].rate_based_statement[0].limit if r.name == "rate-of-all"]) == 20000
    error_message = "Ten times the limit holds for everything, pages and webhooks too."
  }
  assert {
    condition = alltrue([for r in aws_wafv2_web_acl.this.rule : (
      r.statement[0].rate_based_statement[0].aggregate_key_type == "IP"
      && r.statement[0].rate_based_statement[0].evaluation_window_sec == 300
      && r.action[0].block[0].custom_response[0].response_code == 429
    ) if length(r.statement[0].rate_based_statement) == 1])
    error_message = "Counted per address over 5 minutes, and refused as the services refuse."
  }
  assert {
    condition = one([for r in aws_wafv2_web_acl.this.rule :
      r.statement[0].rate_based_statement[0].scope_down_statement[0].regex_match_statement[0].regex_string if r.name == "rate"
    ]) == local.counted_paths
    error_message = "What is said to count does."
  }
  assert {
    condition = alltrue([for path, counts in {
      "/api/v1/orders"                    = true, "/docs" = true, "/.well-known/jwks.json" = true, "/" = true, "/de/search" = true, "/products/assets" = true, "/wo/cart" = true, "/we-are" = true, "/api/v1/media/a.webp" = true,
      "/assets/0123456789abcdef/shop.css" = false, "/theme/0123.css" = false, "/media/a.webp" = false, "/webhooks/stripe" = false,
    } : counts == can(regex(local.counted_paths, path))])
    error_message = "Data and documents count; files are cheap, and Stripe's webhooks come from few addresses."
  }
  assert {
    condition = alltrue([for name in ["SizeRestrictions_BODY", "CrossSiteScripting_BODY", "GenericLFI_BODY", "GenericRFI_BODY", "SizeRestrictions_QUERYSTRING"] :
      length([for r in aws_wafv2_web_acl.this.rule : r if r.name == name && length(flatten(r.action[*].block)) == 1]) == 1
    ])
    error_message = "Each counted rule has one that blocks by its label."
  }
  assert {
    condition = alltrue([for r in aws_wafv2_web_acl.this.rule : (
      r.priority > one([for c in aws_wafv2_web_acl.this.rule : c.priority if c.name == "common"])
      && length(r.statement[0].and_statement[0].statement) == 2
      && lower(r.statement[0].and_statement[0].statement[0].label_match_statement[0].key) == lower("awswaf:managed:aws:core-rule-set:${replace(r.name, "QUERYSTRING", "QueryString")}")
      && toset([for t in r.statement[0].and_statement[0].statement[1].not_statement[0].statement[0].regex_match_statement[0].text_transformation : t.type]) == toset(["URL_DECODE", "NORMALIZE_PATH"])
    ) if length(r.statement[0].and_statement) == 1])
    error_message = "A blocking rule comes after the labels, names its own, and sees through detours in the path."
  }
  assert {
    condition = alltrue([for path, may in {
      "/api/v1/admin/imports" = true, "/api/v1/admin/products/a" = true, "/webhooks/stripe" = true,
      "/api/v1/orders"        = false, "/api/v1/administrators" = false, "/x/webhooks/" = false, "/api/v1/sessions" = false,
    } : may == can(regex(local.signed_paths, path))])
    error_message = "Large bodies pass for staff and Stripe, and for nobody else."
  }
  assert {
    condition = alltrue([for path, may in {
      "/api/v1/stock" = true, "/api/v1/products" = true, "/api/v1/products/a/stock" = true, "/api/v1/orders" = false, "/api/v1/stocks" = false,
    } : may == can(regex(local.long_queries, path))])
    error_message = "Long queries pass for the catalog's lists, and for nothing else."
  }
  assert {
    condition = (
      aws_cloudwatch_log_group.firewall.region == "us-east-1" && startswith(aws_cloudwatch_log_group.firewall.name, "aws-waf-logs-")
      && aws_cloudwatch_log_group.firewall.retention_in_days == 90
    )
    error_message = "The log group bears the prefix and stands in the region that WAF demands, and forgets."
  }
  assert {
    condition     = toset(flatten([for f in aws_wafv2_web_acl_logging_configuration.firewall.redacted_fields : f.single_header[*].name])) == toset(["authorization", "cookie"])
    error_message = "Tokens are not written."
  }
  assert {
    condition     = aws_wafv2_web_acl_logging_configuration.firewall.logging_filter[0].default_behavior == "DROP"
    error_message = "What passed is not written."
  }
  assert {
    condition     = jsondecode(aws_cloudwatch_log_resource_policy.firewall.policy_document).Statement[0].Condition.StringEquals["aws:SourceAccount"] == "111111111111"
    error_message = "Only this account's deliveries write."
  }
}
