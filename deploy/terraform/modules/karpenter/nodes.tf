# Made here and not by Karpenter: so it needs no right to write to IAM, and nothing is left after the cluster is gone.
resource "aws_iam_instance_profile" "nodes" {
  name = "${var.environment.name}-nodes"
  path = "/mercat/"
  role = reverse(split("/", var.node_role_arn))[0]
}
