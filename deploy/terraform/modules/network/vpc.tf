resource "aws_vpc" "this" {
  cidr_block           = var.cidr
  enable_dns_support   = true
  enable_dns_hostnames = true # private names of interface endpoints need it

  # Pods take addresses of the private subnets: CloudWatch then shows how many are left.
  enable_network_address_usage_metrics = true

  tags = { Name = var.environment.name }
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id

  tags = { Name = var.environment.name }
}

# Adopted to be emptied: whatever is launched without a security group of its own can talk to nobody.
resource "aws_default_security_group" "this" {
  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.environment.name}-default-unused" }
}
