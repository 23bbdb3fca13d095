# Route 53 writes query logs to us-east-1 only.
resource "aws_cloudwatch_log_group" "queries" {
  #checkov:skip=CKV_AWS_158:Names anyone may ask for, encrypted with AWS's own key; the environment's key is of another region and one here would guard nothing else.
  #checkov:skip=CKV_AWS_338:How long is the environment's decision (query_log_days).
  count = var.query_logging ? 1 : 0

  region            = "us-east-1"
  name              = "${var.environment.name}/dns-queries"
  retention_in_days = var.query_log_days
}

resource "aws_cloudwatch_log_resource_policy" "queries" {
  count = var.query_logging ? 1 : 0

  region      = "us-east-1"
  policy_name = "${var.environment.name}-dns-queries"

  policy_document = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "route53.amazonaws.com" }
      Action    = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource  = "${aws_cloudwatch_log_group.queries[0].arn}:*"
      Condition = {
        StringEquals = { "aws:SourceAccount" = var.environment.account_id }
        ArnLike      = { "aws:SourceArn" = "arn:aws:route53:::hostedzone/${aws_route53_zone.this.zone_id}" }
      }
    }]
  })
}

resource "aws_route53_query_log" "this" {
  count = var.query_logging ? 1 : 0

  zone_id                  = aws_route53_zone.this.zone_id
  cloudwatch_log_group_arn = aws_cloudwatch_log_group.queries[0].arn

  # Route 53 tries to write at once, and refuses if it may not.
  depends_on = [aws_cloudwatch_log_resource_policy.queries]
}
