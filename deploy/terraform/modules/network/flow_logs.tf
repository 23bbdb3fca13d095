resource "aws_cloudwatch_log_group" "flow_logs" {
  #checkov:skip=CKV_AWS_338:How long is the environment's decision (flow_log_days); production keeps a year.
  name              = "${var.environment.name}/flow-logs"
  retention_in_days = var.flow_log_days
  kms_key_id        = var.logs_key_arn
}

resource "aws_iam_role" "flow_logs" {
  name                 = "${var.environment.name}-flow-logs"
  path                 = "/mercat/"
  description          = "VPC flow logs write to their log group"
  permissions_boundary = var.environment.boundary_arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "vpc-flow-logs.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = {
        StringEquals = { "aws:SourceAccount" = var.environment.account_id }
        ArnLike      = { "aws:SourceArn" = "arn:aws:ec2:${var.environment.region}:${var.environment.account_id}:vpc-flow-log/*" }
      }
    }]
  })
}

# Without CreateLogGroup: a group made anew by a late delivery would be neither encrypted nor ever emptied.
resource "aws_iam_role_policy" "flow_logs" {
  name = "write"
  role = aws_iam_role.flow_logs.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        Action = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
        Resource = [
          aws_cloudwatch_log_group.flow_logs.arn,
          "${aws_cloudwatch_log_group.flow_logs.arn}:*",
        ]
      },
      {
        Effect   = "Allow"
        Action   = "logs:DescribeLogGroups"
        Resource = "arn:aws:logs:${var.environment.region}:${var.environment.account_id}:log-group:*"
      }
    ]
  })
}

resource "aws_flow_log" "this" {
  vpc_id                   = aws_vpc.this.id
  traffic_type             = "ALL"
  log_destination_type     = "cloud-watch-logs"
  log_destination          = aws_cloudwatch_log_group.flow_logs.arn
  iam_role_arn             = aws_iam_role.flow_logs.arn
  max_aggregation_interval = 60

  # The default format names a NAT gateway or load balancer as the partner; pkt-* name the pod behind it.
  log_format = join(" ", [for field in local.flow_log_fields : "$${${field}}"])

  tags = { Name = var.environment.name }
}

locals {
  flow_log_fields = [
    "version", "account-id", "vpc-id", "subnet-id", "interface-id", "start", "end", "srcaddr", "dstaddr", "srcport", "dstport",
    "pkt-srcaddr", "pkt-dstaddr", "protocol", "tcp-flags", "packets", "bytes", "action", "log-status", "flow-direction", "traffic-path",
  ]
}
