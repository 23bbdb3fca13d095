# The name must begin so: WAF writes to no other log group.
resource "aws_cloudwatch_log_group" "firewall" {
  #checkov:skip=CKV_AWS_338:It holds addresses of people: kept for as long as an attack is looked into, not for a year.
  #checkov:skip=CKV_AWS_158:It must be in us-east-1, where the environment has no key of its own; CloudWatch Logs encrypts it in any case.
  name              = "aws-waf-logs-${var.environment.name}"
  region            = "us-east-1"
  retention_in_days = var.waf_log_days
}

# WAF would write this policy itself, and leave it behind on destroy.
resource "aws_cloudwatch_log_resource_policy" "firewall" {
  policy_name = "${var.environment.name}-firewall"
  region      = "us-east-1"
  policy_document = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "FirewallWrites"
      Effect    = "Allow"
      Principal = { Service = "delivery.logs.amazonaws.com" }
      Action    = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource  = "${aws_cloudwatch_log_group.firewall.arn}:*"
      Condition = {
        StringEquals = { "aws:SourceAccount" = split(":", aws_cloudwatch_log_group.firewall.arn)[4] }
        ArnLike      = { "aws:SourceArn" = "arn:aws:logs:us-east-1:${split(":", aws_cloudwatch_log_group.firewall.arn)[4]}:*" }
      }
    }]
  })
}

resource "aws_wafv2_web_acl_logging_configuration" "firewall" {
  resource_arn            = aws_wafv2_web_acl.this.arn
  region                  = "us-east-1"
  log_destination_configs = [aws_cloudwatch_log_group.firewall.arn]

  # Tokens have no place in a log.
  redacted_fields {
    single_header {
      name = "authorization"
    }
  }

  redacted_fields {
    single_header {
      name = "cookie"
    }
  }

  # What passed is in the access log already; here it would cost more than the firewall.
  logging_filter {
    default_behavior = "DROP"

    filter {
      behavior    = "KEEP"
      requirement = "MEETS_ANY"

      condition {
        action_condition {
          action = "BLOCK"
        }
      }

      condition {
        action_condition {
          action = "COUNT"
        }
      }
    }
  }

  depends_on = [aws_cloudwatch_log_resource_policy.firewall]
}
