# Known at plan, so that tests can tell which resource another one points to.
mock_resource "aws_vpc" {}
mock_resource "aws_subnet" {}
mock_resource "aws_route_table" {}
mock_resource "aws_internet_gateway" {}
mock_resource "aws_nat_gateway" {}
mock_resource "aws_eip" {}
mock_resource "aws_network_acl" {}
mock_resource "aws_security_group" {}
mock_resource "aws_default_security_group" {}
mock_resource "aws_vpc_endpoint" {}
mock_resource "aws_route53_zone" {}

mock_resource "aws_cloudwatch_log_group" {
  defaults = { arn = "arn:aws:logs:eu-central-1:333333333333:log-group:flow-logs" }
}

mock_resource "aws_iam_role" {
  defaults = { arn = "arn:aws:iam::333333333333:role/mercat/mercat-production-flow-logs" }
}

mock_data "aws_ec2_managed_prefix_list" {
  defaults = { id = "pl-cloudfront" }
}
