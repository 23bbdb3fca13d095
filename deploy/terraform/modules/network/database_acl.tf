# A second wall that does not depend on the security groups: the database tier answers the private tier on two ports
# and talks to nobody else. A network ACL keeps no state, so the way back needs its own rule.
locals {
  ephemeral = [1024, 65535]

  database_acl = {
    in-postgresql = { number = 100, egress = false, cidr = local.tiers.private, ports = [5432, 5432] }
    in-valkey     = { number = 110, egress = false, cidr = local.tiers.private, ports = [6379, 6379] }
    # Replicas and their primary, when the engine copies through the subnets.
    in-replication  = { number = 120, egress = false, cidr = local.tiers.database, ports = local.ephemeral }
    out-answers     = { number = 100, egress = true, cidr = local.tiers.private, ports = local.ephemeral }
    out-replication = { number = 120, egress = true, cidr = local.tiers.database, ports = local.ephemeral }
  }
}

resource "aws_network_acl" "database" {
  vpc_id     = aws_vpc.this.id
  subnet_ids = [for zone in var.zones : aws_subnet.database[zone].id]

  tags = { Name = "${var.environment.name}-database" }
}

resource "aws_network_acl_rule" "database" {
  for_each = local.database_acl

  network_acl_id = aws_network_acl.database.id
  rule_number    = each.value.number
  egress         = each.value.egress
  rule_action    = "allow"
  protocol       = "tcp"
  cidr_block     = each.value.cidr
  from_port      = each.value.ports[0]
  to_port        = each.value.ports[1]
}
