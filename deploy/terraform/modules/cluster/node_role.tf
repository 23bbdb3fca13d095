# The role of all nodes, the system group's and Karpenter's. It can pull images, join, and open a session for an operator;
# what pods need comes by Pod Identity. The network plugin's rights, usual here, are the plugin's own role's.
resource "aws_iam_role" "nodes" {
  name                 = "${var.environment.name}-nodes"
  path                 = "/mercat/"
  description          = "Nodes of the cluster ${var.environment.name}"
  permissions_boundary = var.environment.boundary_arn

  # No source condition: an instance profile serves instances of its own account only, so nobody can be confused here.
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "ec2.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy_attachment" "nodes" {
  for_each = toset(["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly"])

  role       = aws_iam_role.nodes.name
  policy_arn = "arn:aws:iam::aws:policy/${each.value}"
}

# Not AmazonSSMManagedInstanceCore: it reads every parameter of the account, and a node has none to read.
resource "aws_iam_role_policy" "nodes" {
  name = "${var.environment.name}-nodes"
  role = aws_iam_role.nodes.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          # Session Manager's channels know no resource-level rights.
          Sid    = "OperatorSessions"
          Effect = "Allow"
          Action = [
            "ssm:UpdateInstanceInformation",
            "ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel",
            "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel",
          ]
          Resource  = "*"
          Condition = { StringEquals = { "aws:RequestedRegion" = var.environment.region } }
        },
        {
          Sid       = "DecryptSessions"
          Effect    = "Allow"
          Action    = "kms:Decrypt"
          Resource  = var.logs_key_arn
          Condition = { StringLike = { "kms:EncryptionContext:aws:ssm:TargetId" = "*" } }
        },
      ],
      [for group in var.session_log_group == null ? [] : [var.session_log_group] : {
        Sid      = "LogSessions"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
        Resource = "arn:aws:logs:${var.environment.region}:${var.environment.account_id}:log-group:${group}:*"
      }],
      [for group in var.session_log_group == null ? [] : [var.session_log_group] : {
        # The agent looks whether the group exists and is encrypted; the listing cannot be narrowed to one group.
        Sid      = "FindSessionLogs"
        Effect   = "Allow"
        Action   = "logs:DescribeLogGroups"
        Resource = "arn:aws:logs:${var.environment.region}:${var.environment.account_id}:log-group:*"
      }],
      [{
        # The first pull of a public image makes its repository in the cache, as module registry names them.
        Sid      = "FillThePullThroughCache"
        Effect   = "Allow"
        Action   = ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"]
        Resource = [for prefix in ["ecr-public", "kubernetes", "quay"] : "arn:aws:ecr:${var.environment.region}:${var.environment.account_id}:repository/${prefix}/*"]
      }],
    )
  })
}
