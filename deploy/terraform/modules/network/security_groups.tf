# The security groups of the whole system. They stand here, not beside what they protect, because their rules name each
# other: with every group in one place a rule is a line of a table and never a circle between layers.
locals {
  groups = {
    load_balancer = "Load balancer: from CloudFront only"
    nodes         = "Nodes and pods of the cluster"
    control_plane = "Network interfaces of the Kubernetes API"
    database      = "PostgreSQL"
    cache         = "Valkey"
    endpoints     = "Interface endpoints of AWS services"
    runner        = "Jobs of the pipeline that need the Kubernetes API"
  }

  # Each flow becomes a pair: a rule out of `from` and a rule into `to`. Neither can be forgotten.
  flows = merge(
    {
      traefik           = { from = "load_balancer", to = "nodes", protocol = "tcp", port = 8443 }
      traefik-health    = { from = "load_balancer", to = "nodes", protocol = "tcp", port = 8080 }
      nodes             = { from = "nodes", to = "nodes", protocol = "-1", port = null } # pods among themselves: NetworkPolicy narrows it
      kubernetes-api    = { from = "nodes", to = "control_plane", protocol = "tcp", port = 443 }
      postgresql        = { from = "nodes", to = "database", protocol = "tcp", port = 5432 }
      valkey            = { from = "nodes", to = "cache", protocol = "tcp", port = 6379 }
      service-endpoints = { from = "nodes", to = "endpoints", protocol = "tcp", port = 443 }
      runner-api        = { from = "runner", to = "control_plane", protocol = "tcp", port = 443 }
      runner-endpoints  = { from = "runner", to = "endpoints", protocol = "tcp", port = 443 }
    },
    {
      for port in var.control_plane_to_node_ports :
      "control-plane-${port}" => { from = "control_plane", to = "nodes", protocol = "tcp", port = port }
    }
  )

  # The only ways out of the VPC. There is no way in but CloudFront's, below.
  outside = {
    https        = { from = "nodes", cidr = "0.0.0.0/0", protocol = "tcp", port = 443 }
    smtp         = { from = "nodes", cidr = "0.0.0.0/0", protocol = "tcp", port = 587 }
    dns-udp      = { from = "nodes", cidr = "${cidrhost(var.cidr, 2)}/32", protocol = "udp", port = 53 }
    dns-tcp      = { from = "nodes", cidr = "${cidrhost(var.cidr, 2)}/32", protocol = "tcp", port = 53 }
    runner-https = { from = "runner", cidr = "0.0.0.0/0", protocol = "tcp", port = 443 } # its DNS no group can stop
  }
}

resource "aws_security_group" "this" {
  #checkov:skip=CKV2_AWS_5:The groups are attached by the layers that come later (cluster, data, edge); the scanner sees one module.
  for_each = local.groups

  name        = "${var.environment.name}-${replace(each.key, "_", "-")}"
  description = each.value
  vpc_id      = aws_vpc.this.id

  tags = merge(
    { Name = "${var.environment.name}-${replace(each.key, "_", "-")}" },
    each.key == "nodes" ? { "karpenter.sh/discovery" = var.cluster_name } : {}
  )
}

resource "aws_vpc_security_group_ingress_rule" "flow" {
  for_each = local.flows

  security_group_id            = aws_security_group.this[each.value.to].id
  referenced_security_group_id = aws_security_group.this[each.value.from].id
  ip_protocol                  = each.value.protocol
  from_port                    = each.value.port
  to_port                      = each.value.port
  description                  = "${each.key}: ${each.value.from} to ${each.value.to}"

  tags = { Name = "${var.environment.name}-${each.key}" }
}

resource "aws_vpc_security_group_egress_rule" "flow" {
  for_each = local.flows

  security_group_id            = aws_security_group.this[each.value.from].id
  referenced_security_group_id = aws_security_group.this[each.value.to].id
  ip_protocol                  = each.value.protocol
  from_port                    = each.value.port
  to_port                      = each.value.port
  description                  = "${each.key}: ${each.value.from} to ${each.value.to}"

  tags = { Name = "${var.environment.name}-${each.key}" }
}

# AWS keeps the addresses CloudFront calls origins from in this list; its id differs in each region.
data "aws_ec2_managed_prefix_list" "cloudfront" {
  name = "com.amazonaws.global.cloudfront.origin-facing"
}

# The list counts as 55 rules of the 60 a group may hold: give the load balancer's group no second list.
resource "aws_vpc_security_group_ingress_rule" "cloudfront" {
  security_group_id = aws_security_group.this["load_balancer"].id
  prefix_list_id    = data.aws_ec2_managed_prefix_list.cloudfront.id
  ip_protocol       = "tcp"
  from_port         = var.cloudfront_port
  to_port           = var.cloudfront_port
  description       = "CloudFront to load_balancer"

  tags = { Name = "${var.environment.name}-cloudfront" }
}

resource "aws_vpc_security_group_egress_rule" "outside" {
  for_each = local.outside

  security_group_id = aws_security_group.this[each.value.from].id
  cidr_ipv4         = each.value.cidr
  ip_protocol       = each.value.protocol
  from_port         = each.value.port
  to_port           = each.value.port
  description       = "${each.key}: ${each.value.from} to outside"

  tags = { Name = "${var.environment.name}-${each.key}" }
}
