locals {
  # Without the region's name in hand the cluster's name in this account decides; callers that know it give the ARN.
  cluster_arn = coalesce(var.cluster_arn, "arn:aws:eks:*:${var.account_id}:cluster/${var.cluster_name}")
}

resource "aws_iam_role" "this" {
  name                 = var.name
  path                 = "/mercat/"
  description          = "${var.namespace}/${var.service_account} in the cluster ${var.cluster_name}"
  permissions_boundary = var.permissions_boundary_arn
  tags                 = var.tags

  # The service principal alone would let any association of any cluster take this role. The session tags are
  # set by EKS, not by the pod, so they bind the role to one service account of one cluster.
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OneServiceAccount"
      Effect    = "Allow"
      Principal = { Service = "pods.eks.amazonaws.com" }
      Action    = ["sts:AssumeRole", "sts:TagSession"]
      Condition = {
        StringEquals = {
          "aws:SourceAccount"                         = var.account_id
          "aws:RequestTag/eks-cluster-name"           = var.cluster_name
          "aws:RequestTag/kubernetes-namespace"       = var.namespace
          "aws:RequestTag/kubernetes-service-account" = var.service_account
        }
        ArnLike = { "aws:SourceArn" = local.cluster_arn }
      }
    }]
  })
}

resource "aws_iam_role_policy" "this" {
  count = var.policy == null ? 0 : 1

  name   = var.name
  role   = aws_iam_role.this.name
  policy = var.policy
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each = toset(var.managed_policy_arns)

  role       = aws_iam_role.this.name
  policy_arn = each.value
}

resource "aws_eks_pod_identity_association" "this" {
  count = var.associate ? 1 : 0

  cluster_name    = var.cluster_name
  namespace       = var.namespace
  service_account = var.service_account
  role_arn        = aws_iam_role.this.arn
  tags            = var.tags

  # The trust above reads these tags.
  disable_session_tags = false
}
