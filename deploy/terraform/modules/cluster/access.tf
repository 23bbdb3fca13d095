# No groups: what an administrator may is the policy below, not a binding to system:masters that no one can revoke.
resource "aws_eks_access_entry" "administrator" {
  for_each = toset(var.administrators)

  cluster_name      = aws_eks_cluster.this.name
  principal_arn     = each.value
  type              = "STANDARD"
  kubernetes_groups = []
}

resource "aws_eks_access_policy_association" "administrator" {
  for_each = aws_eks_access_entry.administrator

  cluster_name  = aws_eks_cluster.this.name
  principal_arn = each.value.principal_arn
  policy_arn    = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"

  access_scope {
    type = "cluster"
  }
}

# All others bear groups, and no policy of EKS: what a group may stands in deploy/charts/access alone. AmazonEKSEditPolicy would add
# a shell in every pod, which is the group emergency's, and knows no custom resource.
resource "aws_eks_access_entry" "group" {
  for_each = transpose(var.groups)

  cluster_name      = aws_eks_cluster.this.name
  principal_arn     = each.key
  type              = "STANDARD"
  kubernetes_groups = [for name in each.value : "mercat:${name}"]
}

# EKS would add it with the node group and may take it away with it; Karpenter's nodes use the same role and must not
# depend on that.
resource "aws_eks_access_entry" "nodes" {
  cluster_name  = aws_eks_cluster.this.name
  principal_arn = aws_iam_role.nodes.arn
  type          = "EC2_LINUX"
}
