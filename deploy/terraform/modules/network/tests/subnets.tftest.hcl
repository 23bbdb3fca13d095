mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

run "three_tiers_over_three_zones" {
  command = plan

  assert {
    condition     = [for zone in var.zones : aws_subnet.private[zone].cidr_block] == ["10.30.0.0/19", "10.30.32.0/19", "10.30.64.0/19"]
    error_message = "Private subnets are /19: each pod takes an address."
  }
  assert {
    condition     = [for zone in var.zones : aws_subnet.public[zone].cidr_block] == ["10.30.128.0/24", "10.30.129.0/24", "10.30.130.0/24"]
    error_message = "Public subnets are /24 from x.x.128.0."
  }
  assert {
    condition     = [for zone in var.zones : aws_subnet.database[zone].cidr_block] == ["10.30.136.0/26", "10.30.136.64/26", "10.30.136.128/26"]
    error_message = "Database subnets are /26 from x.x.136.0."
  }
  assert {
    condition = alltrue([
      for tier in [aws_subnet.public, aws_subnet.private, aws_subnet.database] :
      length(tier) == 3 && alltrue([for zone, subnet in tier : subnet.availability_zone == zone])
    ])
    error_message = "Each tier has one subnet in each of the three zones."
  }
  assert {
    condition = alltrue(flatten([
      for tier in [aws_subnet.public, aws_subnet.private, aws_subnet.database] : [for subnet in tier : subnet.map_public_ip_on_launch == false]
    ]))
    error_message = "No subnet hands out public addresses by itself."
  }
  assert {
    condition = (
      output.public_subnet_ids == [for zone in var.zones : aws_subnet.public[zone].id] &&
      output.private_subnet_ids == [for zone in var.zones : aws_subnet.private[zone].id] &&
      output.database_subnet_ids == [for zone in var.zones : aws_subnet.database[zone].id]
    )
    error_message = "Subnets are handed out in the order of the zones."
  }
}

run "who_finds_which_subnet" {
  command = plan

  assert {
    condition = alltrue([
      for subnet in aws_subnet.private :
      subnet.tags["karpenter.sh/discovery"] == "mercat-production" && subnet.tags["kubernetes.io/role/internal-elb"] == "1"
    ])
    error_message = "Karpenter and the load balancer controller find private subnets by their tags."
  }
  assert {
    condition = alltrue([
      for subnet in aws_subnet.public :
      subnet.tags["kubernetes.io/role/elb"] == "1" && !contains(keys(subnet.tags), "karpenter.sh/discovery")
    ])
    error_message = "Public subnets are for load balancers; Karpenter must never start a node there."
  }
  assert {
    condition     = alltrue([for subnet in aws_subnet.database : toset(keys(subnet.tags)) == toset(["Name"])])
    error_message = "Nothing of the cluster may find the database subnets."
  }
}

run "a_gateway_in_each_zone" {
  command = plan

  assert {
    condition     = length(aws_nat_gateway.this) == 3 && length(output.nat_public_ips) == 3
    error_message = "nat_gateways = 3 makes three, each with an address."
  }
  assert {
    condition     = alltrue([for zone, gateway in aws_nat_gateway.this : gateway.subnet_id == aws_subnet.public[zone].id])
    error_message = "Each gateway stands in its own zone's public subnet."
  }
  assert {
    condition = alltrue([
      for zone, route in aws_route.nat :
      route.nat_gateway_id == aws_nat_gateway.this[zone].id && route.route_table_id == aws_route_table.private[zone].id
    ])
    error_message = "Each zone leaves by its own gateway."
  }
}

run "one_gateway_for_all" {
  command = plan
  variables {
    nat_gateways = 1
  }

  assert {
    condition     = keys(aws_nat_gateway.this) == ["eu-central-1a"] && length(output.nat_public_ips) == 1
    error_message = "nat_gateways = 1 makes one, in the first zone."
  }
  assert {
    condition     = length(aws_route.nat) == 3 && alltrue([for route in aws_route.nat : route.nat_gateway_id == aws_nat_gateway.this["eu-central-1a"].id])
    error_message = "All zones leave by the one gateway."
  }
  assert {
    condition     = [for zone in var.zones : aws_route_table_association.private[zone].route_table_id] == [for zone in var.zones : aws_route_table.private[zone].id]
    error_message = "Each private subnet keeps its own table, so that three gateways later only change routes."
  }
}

run "the_database_tier_has_no_way_out" {
  command = plan

  assert {
    condition     = alltrue([for zone in var.zones : aws_route_table_association.database[zone].route_table_id == aws_route_table.database.id])
    error_message = "Database subnets use the table without routes."
  }
  assert {
    condition     = alltrue([for route in concat([aws_route.internet], values(aws_route.nat)) : route.route_table_id != aws_route_table.database.id])
    error_message = "No route may stand in the database tier's table."
  }
  assert {
    condition     = aws_route.internet.route_table_id == aws_route_table.public.id && alltrue([for association in aws_route_table_association.public : association.route_table_id == aws_route_table.public.id])
    error_message = "Only the public tier has the internet gateway."
  }
  assert {
    condition     = !contains(aws_vpc_endpoint.s3.route_table_ids, aws_route_table.database.id)
    error_message = "The S3 endpoint is a way out: not for the database tier."
  }
  assert {
    condition     = toset(aws_network_acl.database.subnet_ids) == toset([for subnet in aws_subnet.database : subnet.id])
    error_message = "The network ACL covers all database subnets."
  }
  assert {
    condition     = alltrue([for rule in aws_network_acl_rule.database : contains(["10.30.0.0/17", "10.30.136.0/24"], rule.cidr_block) && rule.protocol == "tcp"])
    error_message = "The database tier talks to the private tier and to itself, by TCP."
  }
  assert {
    condition = toset([
      for rule in aws_network_acl_rule.database : rule.from_port if !rule.egress && rule.cidr_block == "10.30.0.0/17" && rule.from_port == rule.to_port
      ]) == toset([5432, 6379]) && alltrue([
      for rule in aws_network_acl_rule.database : rule.from_port == rule.to_port if !rule.egress && rule.cidr_block == "10.30.0.0/17"
    ])
    error_message = "The private tier reaches PostgreSQL and Valkey, nothing else."
  }
}
