# The container's own role: an interface in the VPC, its log, the connection to GitHub. It has no access entry in the cluster and no right
# to data. A job takes the pipeline's role `deploy` by GitHub's token, as on each other runner: so GitHub's environments, with their
# branches and approvals, stay the only door, also for a branch that names this runner.
locals {
  ec2         = "arn:aws:ec2:${var.environment.region}:${var.environment.account_id}"
  subnet_arns = [for id in var.subnet_ids : "${local.ec2}:subnet/${id}"]
  # Built by hand: before the first apply the project has no ARN, and the role must be there before it.
  project_arn = "arn:aws:codebuild:${var.environment.region}:${var.environment.account_id}:project/${local.project}"
}

resource "aws_iam_role" "runner" {
  name                 = local.project
  path                 = "/mercat/"
  description          = "Containers of CodeBuild that run jobs of GitHub Actions"
  permissions_boundary = var.environment.boundary_arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "codebuild.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = {
        StringEquals = { "aws:SourceAccount" = var.environment.account_id }
        ArnEquals    = { "aws:SourceArn" = local.project_arn }
      }
    }]
  })
}

resource "aws_iam_role_policy" "runner" {
  name = local.project
  role = aws_iam_role.runner.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "WriteLog"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "arn:aws:logs:${var.environment.region}:${var.environment.account_id}:log-group:/${var.environment.name}/runner:*"
      },
      {
        # Descriptions know no resource.
        Sid    = "FindNetwork"
        Effect = "Allow"
        Action = [
          "ec2:DescribeDhcpOptions", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs",
        ]
        Resource  = "*"
        Condition = { StringEquals = { "aws:RequestedRegion" = var.environment.region } }
      },
      {
        Sid      = "MakeInterface"
        Effect   = "Allow"
        Action   = "ec2:CreateNetworkInterface"
        Resource = concat(["${local.ec2}:network-interface/*", "${local.ec2}:security-group/${var.security_group_id}"], local.subnet_arns)
      },
      {
        Sid       = "EndInterface"
        Effect    = "Allow"
        Action    = "ec2:DeleteNetworkInterface"
        Resource  = "${local.ec2}:network-interface/*"
        Condition = { ArnEquals = { "ec2:Subnet" = local.subnet_arns } }
      },
      {
        Sid      = "LendInterface"
        Effect   = "Allow"
        Action   = "ec2:CreateNetworkInterfacePermission"
        Resource = "${local.ec2}:network-interface/*"
        Condition = {
          StringEquals = { "ec2:AuthorizedService" = "codebuild.amazonaws.com" }
          ArnEquals    = { "ec2:Subnet" = local.subnet_arns }
        }
      },
      {
        Sid      = "ReachGitHub"
        Effect   = "Allow"
        Action   = ["codeconnections:GetConnection", "codeconnections:GetConnectionToken", "codeconnections:UseConnection"]
        Resource = aws_codeconnections_connection.github.arn
      },
    ]
  })
}
