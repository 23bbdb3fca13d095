# The load balancer is Terraform's. The controller only keeps the target group filled with Traefik's pods
# (TargetGroupBinding), so it can make, change and delete nothing.
locals {
  load_balancer_controller = [
    {
      # Descriptions of EC2 and of load balancers know no resource-level rights.
      Sid    = "See"
      Effect = "Allow"
      Action = [
        "ec2:DescribeAvailabilityZones", "ec2:DescribeInstances", "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs",
        "elasticloadbalancing:DescribeTags", "elasticloadbalancing:DescribeTargetGroupAttributes",
        "elasticloadbalancing:DescribeTargetGroups", "elasticloadbalancing:DescribeTargetHealth",
      ]
      Resource  = "*"
      Condition = { StringEquals = { "aws:RequestedRegion" = var.environment.region } }
    },
    {
      # By name and by tag: the target group is made after the cluster, so its ARN is not known yet.
      Sid       = "FillOurTargetGroups"
      Effect    = "Allow"
      Action    = ["elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:RegisterTargets"]
      Resource  = "arn:aws:elasticloadbalancing:${var.environment.region}:${var.environment.account_id}:targetgroup/${var.environment.name}*/*"
      Condition = { StringEquals = { "aws:ResourceTag/ManagedBy" = "terraform" } }
    },
  ]
}
