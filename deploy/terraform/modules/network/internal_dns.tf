# Names that outlive what they point to: a service asks for postgresql.<internal domain>, also after a restore made a
# new instance with another endpoint. The data modules add the records.
resource "aws_route53_zone" "internal" {
  name    = var.environment.internal_domain
  comment = "${var.environment.name}: names inside the VPC"

  vpc {
    vpc_id = aws_vpc.this.id
  }

  tags = { Name = "${var.environment.name}-internal" }
}
