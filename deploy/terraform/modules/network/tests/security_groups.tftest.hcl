mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

run "nobody_is_let_in_by_address" {
  command = plan

  assert {
    condition = alltrue([
      for rule in concat(values(aws_vpc_security_group_ingress_rule.flow), [aws_vpc_security_group_ingress_rule.cloudfront]) :
      rule.cidr_ipv4 == null && rule.cidr_ipv6 == null
    ])
    error_message = "A rule into a group names a group or a prefix list, never addresses, and least of all 0.0.0.0/0 or ::/0."
  }
  assert {
    condition     = alltrue([for rule in aws_vpc_security_group_ingress_rule.flow : rule.referenced_security_group_id != null && rule.prefix_list_id == null])
    error_message = "Flows inside the system go from group to group."
  }
  assert {
    condition     = alltrue([for group in aws_security_group.this : length(group.ingress) == 0 && length(group.egress) == 0])
    error_message = "Groups hold no rules of their own: rules stand beside them."
  }
  assert {
    condition = (
      aws_default_security_group.this.vpc_id == aws_vpc.this.id &&
      length(aws_default_security_group.this.ingress) == 0 && length(aws_default_security_group.this.egress) == 0
    )
    error_message = "The VPC's default group is adopted and empty."
  }
}

run "a_store_without_a_certificate_is_reached_on_80" {
  command = plan
  variables { cloudfront_port = 80 }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.cloudfront.from_port == 80 && aws_vpc_security_group_ingress_rule.cloudfront.to_port == 80 && aws_vpc_security_group_ingress_rule.cloudfront.prefix_list_id == "pl-cloudfront"
    error_message = "By CloudFront, and by nobody else."
  }
}

run "the_front_door_is_cloudfront" {
  command = plan

  assert {
    condition     = data.aws_ec2_managed_prefix_list.cloudfront.name == "com.amazonaws.global.cloudfront.origin-facing"
    error_message = "The list is the one of CloudFront's origin-facing addresses."
  }
  assert {
    condition = (
      aws_vpc_security_group_ingress_rule.cloudfront.security_group_id == aws_security_group.this["load_balancer"].id &&
      aws_vpc_security_group_ingress_rule.cloudfront.prefix_list_id == "pl-cloudfront" &&
      aws_vpc_security_group_ingress_rule.cloudfront.from_port == 443 && aws_vpc_security_group_ingress_rule.cloudfront.to_port == 443
    )
    error_message = "CloudFront comes in on 443 of the load balancer."
  }
  assert {
    condition     = alltrue([for rule in aws_vpc_security_group_ingress_rule.flow : rule.security_group_id != aws_security_group.this["load_balancer"].id])
    error_message = "Nobody but CloudFront reaches the load balancer."
  }
}

run "who_may_talk_to_whom" {
  command = plan

  assert {
    condition = { for flow, rule in aws_vpc_security_group_ingress_rule.flow : flow => "${local.flows[flow].from} > ${local.flows[flow].to} ${rule.from_port == null ? "all" : rule.from_port}" } == {
      traefik             = "load_balancer > nodes 8443"
      traefik-health      = "load_balancer > nodes 8080"
      nodes               = "nodes > nodes all"
      kubernetes-api      = "nodes > control_plane 443"
      postgresql          = "nodes > database 5432"
      valkey              = "nodes > cache 6379"
      service-endpoints   = "nodes > endpoints 443"
      runner-api          = "runner > control_plane 443"
      runner-endpoints    = "runner > endpoints 443"
      control-plane-6443  = "control_plane > nodes 6443"
      control-plane-9443  = "control_plane > nodes 9443"
      control-plane-10250 = "control_plane > nodes 10250"
      control-plane-10251 = "control_plane > nodes 10251"
    }
    error_message = "The table of flows changed: change it here too, if that was meant."
  }
  assert {
    condition = alltrue([
      for flow, rule in aws_vpc_security_group_ingress_rule.flow :
      rule.security_group_id == aws_security_group.this[local.flows[flow].to].id &&
      rule.referenced_security_group_id == aws_security_group.this[local.flows[flow].from].id &&
      rule.from_port == rule.to_port
    ])
    error_message = "The rule into a group is made from its line of the table."
  }
  assert {
    condition = alltrue([
      for flow, rule in aws_vpc_security_group_egress_rule.flow :
      rule.security_group_id == aws_security_group.this[local.flows[flow].from].id &&
      rule.referenced_security_group_id == aws_security_group.this[local.flows[flow].to].id &&
      rule.from_port == aws_vpc_security_group_ingress_rule.flow[flow].from_port
    ]) && keys(aws_vpc_security_group_egress_rule.flow) == keys(aws_vpc_security_group_ingress_rule.flow)
    error_message = "Each rule in has its rule out."
  }
  assert {
    condition     = [for rule in aws_vpc_security_group_ingress_rule.flow : rule.security_group_id if rule.ip_protocol == "-1"] == [aws_security_group.this["nodes"].id]
    error_message = "All protocols are open among nodes only."
  }
}

run "who_may_leave" {
  command = plan

  assert {
    condition     = alltrue([for rule in aws_vpc_security_group_egress_rule.outside : contains([aws_security_group.this["nodes"].id, aws_security_group.this["runner"].id], rule.security_group_id)])
    error_message = "Only nodes and the runner may leave the VPC; the database, the cache and the load balancer never."
  }
  assert {
    condition = toset([
      for rule in aws_vpc_security_group_egress_rule.outside : "${rule.cidr_ipv4} ${rule.ip_protocol} ${rule.from_port}-${rule.to_port}"
      if rule.security_group_id == aws_security_group.this["nodes"].id
    ]) == toset(["0.0.0.0/0 tcp 443-443", "0.0.0.0/0 tcp 587-587", "10.30.0.2/32 udp 53-53", "10.30.0.2/32 tcp 53-53"])
    error_message = "Out go HTTPS and mail, and DNS to the VPC's resolver."
  }
  assert {
    condition = [
      for rule in aws_vpc_security_group_egress_rule.outside : "${rule.cidr_ipv4} ${rule.ip_protocol} ${rule.from_port}-${rule.to_port}"
      if rule.security_group_id == aws_security_group.this["runner"].id
    ] == ["0.0.0.0/0 tcp 443-443"]
    error_message = "The pipeline's runner leaves by HTTPS only."
  }
}

run "names_and_discovery" {
  command = plan

  assert {
    condition     = keys(output.security_group_ids) == ["cache", "control_plane", "database", "endpoints", "load_balancer", "nodes", "runner"]
    error_message = "Seven groups are handed out by name."
  }
  assert {
    condition     = alltrue([for key, group in aws_security_group.this : group.name == "mercat-production-${replace(key, "_", "-")}"])
    error_message = "A group's name begins with the environment's."
  }
  assert {
    condition     = [for key, group in aws_security_group.this : key if contains(keys(group.tags), "karpenter.sh/discovery")] == ["nodes"]
    error_message = "Karpenter finds the nodes' group, and that one only."
  }
  assert {
    condition = alltrue([
      for rule in concat(values(aws_vpc_security_group_ingress_rule.flow), values(aws_vpc_security_group_egress_rule.flow), values(aws_vpc_security_group_egress_rule.outside)) :
      can(regex("^[a-zA-Z0-9. _:/()#,@\\[\\]+=&;{}!$*-]{1,255}$", rule.description))
    ])
    error_message = "AWS refuses other characters in a rule's description."
  }
}
