locals {
  system_taint = { key = "CriticalAddonsOnly", value = "true", effect = "NO_SCHEDULE" }
}

resource "aws_launch_template" "system" {
  name                   = "${var.environment.name}-system"
  description            = "System nodes of the cluster ${var.environment.name}"
  update_default_version = true

  # Bottlerocket's settings; EKS adds what joins the cluster. A container that talks without end keeps 50 MiB of its lines.
  user_data = base64encode(<<-TOML
    [settings.kubernetes]
    container-log-max-size = "10Mi"
    container-log-max-files = 5
  TOML
  )

  # With groups given here EKS attaches none of its own: nodes bear ours alone.
  vpc_security_group_ids = [var.node_security_group_id]

  # One hop: a pod's network namespace is one more, so pods cannot take the node's role.
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
    instance_metadata_tags      = "disabled"
  }

  # Bottlerocket boots from the first, read-only disk and keeps images, logs and ephemeral volumes on the second.
  dynamic "block_device_mappings" {
    for_each = { "/dev/xvda" = null, "/dev/xvdb" = var.system_nodes.disk_gb }

    content {
      device_name = block_device_mappings.key

      ebs {
        volume_type           = "gp3"
        volume_size           = block_device_mappings.value
        encrypted             = "true"
        kms_key_id            = var.cluster_key_arn
        delete_on_termination = "true"
      }
    }
  }

  # The provider's default tags stop at the template: what it launches is tagged here.
  dynamic "tag_specifications" {
    for_each = toset(["instance", "volume", "network-interface"])

    content {
      resource_type = tag_specifications.value
      tags          = merge(var.tags, { Name = "${var.environment.name}-system" })
    }
  }

  tags = { Name = "${var.environment.name}-system" }
}

# Carries what must run before Karpenter can make a node: DNS, Karpenter itself, the controllers. All else goes to
# Karpenter's nodes.
resource "aws_eks_node_group" "system" {
  cluster_name           = aws_eks_cluster.this.name
  node_group_name_prefix = "${var.environment.name}-system-"
  node_role_arn          = aws_iam_role.nodes.arn
  subnet_ids             = var.subnet_ids

  # Nodes follow the control plane in the same apply; a release is taken when the version or the pin changes.
  version         = aws_eks_cluster.this.version
  release_version = var.system_nodes.release_version
  ami_type        = "BOTTLEROCKET_ARM_64"
  capacity_type   = "ON_DEMAND"
  instance_types  = var.system_nodes.instance_types
  labels          = { pool = "system" }

  launch_template {
    id      = aws_launch_template.system.id
    version = aws_launch_template.system.latest_version
  }

  # Nothing scales this group by itself: desired is min, and max is the room for a hand in an emergency.
  scaling_config {
    min_size     = var.system_nodes.min
    desired_size = var.system_nodes.min
    max_size     = var.system_nodes.max
  }

  update_config {
    max_unavailable = 1
  }

  node_repair_config {
    enabled = true
  }

  taint {
    key    = local.system_taint.key
    value  = local.system_taint.value
    effect = local.system_taint.effect
  }

  depends_on = [
    aws_eks_access_entry.nodes,
    aws_eks_addon.before_nodes,
    aws_iam_role_policy.nodes,
    aws_iam_role_policy_attachment.nodes,
  ]

  # Another instance type means another group: the new one is there before the old one drains.
  lifecycle {
    create_before_destroy = true
  }
}
