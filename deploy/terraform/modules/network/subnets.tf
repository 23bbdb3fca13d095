# The /16 falls into three tiers of four equal places: three are used, the fourth waits for another zone.
# What lies above x.x.137.0 is free, for a peering or a second tier.
locals {
  zones = { for index, zone in var.zones : zone => index }

  tiers = {
    private  = cidrsubnet(var.cidr, 1, 0)   # x.x.0.0/17: /19 a zone, 8187 addresses, each pod takes one
    public   = cidrsubnet(var.cidr, 6, 32)  # x.x.128.0/22: /24 a zone, the load balancer and NAT only
    database = cidrsubnet(var.cidr, 8, 136) # x.x.136.0/24: /26 a zone, PostgreSQL and Valkey with room for upgrades side by side
  }
}

resource "aws_subnet" "public" {
  for_each = local.zones

  vpc_id                  = aws_vpc.this.id
  availability_zone       = each.key
  cidr_block              = cidrsubnet(local.tiers.public, 2, each.value)
  map_public_ip_on_launch = false # nothing here gets a public address unless it asks for one

  tags = {
    Name                     = "${var.environment.name}-public-${each.key}"
    "kubernetes.io/role/elb" = "1"
  }
}

resource "aws_subnet" "private" {
  for_each = local.zones

  vpc_id                  = aws_vpc.this.id
  availability_zone       = each.key
  cidr_block              = cidrsubnet(local.tiers.private, 2, each.value)
  map_public_ip_on_launch = false

  tags = {
    Name                              = "${var.environment.name}-private-${each.key}"
    "kubernetes.io/role/internal-elb" = "1"
    "karpenter.sh/discovery"          = var.cluster_name
  }
}

resource "aws_subnet" "database" {
  for_each = local.zones

  vpc_id                  = aws_vpc.this.id
  availability_zone       = each.key
  cidr_block              = cidrsubnet(local.tiers.database, 2, each.value)
  map_public_ip_on_launch = false

  tags = { Name = "${var.environment.name}-database-${each.key}" }
}
