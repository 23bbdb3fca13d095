# Known at plan, so that tests can tell which resource another one points to.
mock_resource "aws_lb" {
  defaults = {
    arn      = "arn:aws:elasticloadbalancing:eu-central-1:333333333333:loadbalancer/net/mercat-production/1"
    dns_name = "mercat-production-1.elb.eu-central-1.amazonaws.com"
    zone_id  = "ZLOADBALANCER"
  }
}

mock_resource "aws_lb_target_group" {
  defaults = { arn = "arn:aws:elasticloadbalancing:eu-central-1:333333333333:targetgroup/mercat-production/1" }
}
