# An endpoint policy gives nobody a right: it is the most that may pass this door, whatever the caller's own policies
# say. Ours asks whose credentials and whose resources they are, so nobody can carry data out to an account of his own.
# The verbs are left to the roles, hence `service:*`: a list here would break a controller at each of its updates.
locals {
  # Short name of the endpoint => prefix of its actions in IAM, and whether each request names a resource of ours.
  # ecr, ec2, ssm and eks also read what AWS owns (add-on images, machine images, public parameters).
  endpoint_services = {
    "ecr.api"            = { prefix = "ecr", own_resources = false }
    "ecr.dkr"            = { prefix = "ecr", own_resources = false }
    sts                  = { prefix = "sts", own_resources = false }
    secretsmanager       = { prefix = "secretsmanager", own_resources = true }
    logs                 = { prefix = "logs", own_resources = true }
    kms                  = { prefix = "kms", own_resources = true }
    ec2                  = { prefix = "ec2", own_resources = false }
    sqs                  = { prefix = "sqs", own_resources = true }
    ssm                  = { prefix = "ssm", own_resources = false }
    ssmmessages          = { prefix = "ssmmessages", own_resources = false }
    ec2messages          = { prefix = "ec2messages", own_resources = false }
    eks                  = { prefix = "eks", own_resources = false }
    eks-auth             = { prefix = "eks-auth", own_resources = false }
    elasticloadbalancing = { prefix = "elasticloadbalancing", own_resources = false }
    monitoring           = { prefix = "cloudwatch", own_resources = false }
    sns                  = { prefix = "sns", own_resources = true }
  }

  # The pipeline's runner signs in with GitHub's token and no credentials yet, so the condition on the caller would refuse it. What the
  # statement names are our roles, whose own trust asks the token who it is: nobody gets to a role of his own by it.
  web_identity = [for arns in length(var.web_identity_role_arns) == 0 ? [] : [var.web_identity_role_arns] : {
    Sid       = "PipelineSignsIn"
    Effect    = "Allow"
    Principal = "*"
    Action    = "sts:AssumeRoleWithWebIdentity"
    Resource  = sort(arns)
  }]

  endpoint_policies = {
    for service in var.interface_endpoints : service => jsonencode({
      Version = "2012-10-17"
      Statement = concat([{
        Sid       = "OwnCredentials"
        Effect    = "Allow"
        Principal = "*"
        Action    = "${local.endpoint_services[service].prefix}:*"
        Resource  = "*" # the conditions bind it: listing and token calls name no resource
        Condition = merge(
          { StringEquals = { "aws:PrincipalAccount" = var.environment.account_id } },
          local.endpoint_services[service].own_resources ? { StringEqualsIfExists = { "aws:ResourceAccount" = var.environment.account_id } } : {}
        )
      }], service == "sts" ? local.web_identity : [])
    })
  }
}

resource "aws_vpc_endpoint" "interface" {
  for_each = var.interface_endpoints

  vpc_id              = aws_vpc.this.id
  vpc_endpoint_type   = "Interface"
  service_name        = "com.amazonaws.${var.environment.region}.${each.key}"
  subnet_ids          = [for zone in var.zones : aws_subnet.private[zone].id]
  security_group_ids  = [aws_security_group.this["endpoints"].id]
  private_dns_enabled = true
  policy              = contains(var.endpoints_without_policy, each.key) ? null : local.endpoint_policies[each.key]

  tags = { Name = "${var.environment.name}-${each.key}" }
}

# Free of charge, and image layers come from S3: without it each pull of an image would pay for NAT.
# It takes all S3 traffic of the region, so a bucket not allowed here cannot be reached from the cluster at all.
resource "aws_vpc_endpoint" "s3" {
  vpc_id            = aws_vpc.this.id
  vpc_endpoint_type = "Gateway"
  service_name      = "com.amazonaws.${var.environment.region}.s3"
  route_table_ids   = [for zone in var.zones : aws_route_table.private[zone].id] # not the database tier: it has no way out

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "OwnCredentialsAndBuckets"
        Effect    = "Allow"
        Principal = "*"
        Action    = "s3:*"
        Resource  = "*"
        Condition = { StringEquals = { "aws:PrincipalAccount" = var.environment.account_id, "aws:ResourceAccount" = var.environment.account_id } }
      },
      {
        # Read without our credentials, or by links a registry signed: so no condition on the caller is possible.
        Sid       = "PublicDownloads"
        Effect    = "Allow"
        Principal = "*"
        Action    = "s3:GetObject"
        Resource = concat([
          "arn:aws:s3:::prod-${var.environment.region}-starport-layer-bucket/*", # image layers of ECR
          "arn:aws:s3:::prod-registry-k8s-io-${var.environment.region}/*",       # image layers of registry.k8s.io
          "arn:aws:s3:::al2023-repos-${var.environment.region}-de612dc2/*",      # packages of Amazon Linux 2023
          "arn:aws:s3:::amazon-ssm-${var.environment.region}/*",                 # updates of the SSM agent
        ], sort(var.public_download_arns))
      }
    ]
  })

  tags = { Name = "${var.environment.name}-s3" }
}
