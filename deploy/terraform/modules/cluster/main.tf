locals {
  # Written out, not read from the cluster: the roles the cluster and its add-ons need must exist before it.
  cluster_arn = "arn:aws:eks:${var.environment.region}:${var.environment.account_id}:cluster/${var.environment.name}"
}

# Made before the cluster: EKS would make it itself, unencrypted and kept for ever.
resource "aws_cloudwatch_log_group" "control_plane" {
  name              = "/aws/eks/${var.environment.name}/cluster"
  retention_in_days = var.environment.log_days
  kms_key_id        = var.logs_key_arn
}

resource "aws_iam_role" "cluster" {
  name                 = "${var.environment.name}-cluster"
  path                 = "/mercat/"
  description          = "Control plane of the cluster ${var.environment.name}"
  permissions_boundary = var.environment.boundary_arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "eks.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = {
        StringEquals = { "aws:SourceAccount" = var.environment.account_id }
        ArnLike      = { "aws:SourceArn" = local.cluster_arn }
      }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "cluster" {
  role       = aws_iam_role.cluster.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"
}

resource "aws_iam_role_policy" "cluster" {
  name = "${var.environment.name}-cluster-secrets"
  role = aws_iam_role.cluster.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "EncryptSecrets"
      Effect   = "Allow"
      Action   = ["kms:Encrypt", "kms:Decrypt", "kms:DescribeKey", "kms:ListGrants"]
      Resource = var.cluster_key_arn
      }, {
      # What the control plane says last, while it is deleted, would make the log group anew behind Terraform's destroy.
      Sid      = "NoLogGroupAfterwards"
      Effect   = "Deny"
      Action   = "logs:CreateLogGroup"
      Resource = "*"
    }]
  })
}

resource "aws_eks_cluster" "this" {
  #checkov:skip=CKV_AWS_37:The api, audit and authenticator logs answer who did what; scheduler and controller manager cost much and say nothing about security.
  name     = var.environment.name
  role_arn = aws_iam_role.cluster.arn
  version  = var.kubernetes_version

  deletion_protection       = var.deletion_protection
  enabled_cluster_log_types = ["api", "audit", "authenticator"]

  # All add-ons are EKS add-ons, below; the unmanaged first set would have to be adopted.
  bootstrap_self_managed_addons = false

  # Who made the cluster gets nothing by that: each administrator is an entry one can read and revoke.
  access_config {
    authentication_mode                         = "API"
    bootstrap_cluster_creator_admin_permissions = false
  }

  vpc_config {
    subnet_ids              = var.subnet_ids
    security_group_ids      = [var.control_plane_security_group_id]
    endpoint_private_access = true
    endpoint_public_access  = length(var.public_access_cidrs) > 0
    public_access_cidrs     = length(var.public_access_cidrs) > 0 ? var.public_access_cidrs : null
  }

  kubernetes_network_config {
    ip_family         = "ipv4"
    service_ipv4_cidr = "172.20.0.0/16" # outside the VPC's; it cannot be changed later
  }

  encryption_config {
    resources = ["secrets"]

    provider {
      key_arn = var.cluster_key_arn
    }
  }

  # EXTENDED is EKS's default and costs six times as much an hour once a version is old.
  upgrade_policy {
    support_type = "STANDARD"
  }

  tags = { Name = var.environment.name }

  depends_on = [
    aws_cloudwatch_log_group.control_plane,
    aws_iam_role_policy.cluster,
    aws_iam_role_policy_attachment.cluster,
  ]

  lifecycle {
    precondition {
      condition     = var.control_plane_security_group_id != var.node_security_group_id
      error_message = "The control plane and the nodes need security groups of their own: the rules between the two are the border."
    }
    precondition {
      condition     = length(setintersection(toset(var.administrators), toset(flatten(values(var.groups))))) == 0
      error_message = "A role is either an administrator or in groups: EKS keeps one access entry per role."
    }
  }
}
