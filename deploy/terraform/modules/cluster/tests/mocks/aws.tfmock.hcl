mock_resource "aws_eks_cluster" {
  defaults = {
    arn                   = "arn:aws:eks:eu-central-1:111111111111:cluster/mercat-test"
    certificate_authority = [{ data = "bW9jaw==" }]
  }
}
mock_resource "aws_iam_role" {
  defaults = { arn = "arn:aws:iam::111111111111:role/mercat/mercat-test-nodes" }
}
mock_resource "aws_launch_template" {
  defaults = { latest_version = 1 }
}
