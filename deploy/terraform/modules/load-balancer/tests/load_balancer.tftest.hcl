mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  environment         = { name = "mercat-production" }
  vpc_id              = "vpc-1"
  subnet_ids          = ["subnet-a", "subnet-b", "subnet-c"]
  security_group_id   = "sg-load-balancer"
  zone_id             = "ZPUBLIC"
  origin_domain       = "origin.shop.example.com"
  logs_bucket         = "mercat-production-333333333333-logs"
  deletion_protection = true
}

run "the_load_balancer" {
  command = plan

  assert {
    condition     = aws_lb.this.load_balancer_type == "network" && aws_lb.this.internal && toset(aws_lb.this.subnets) == toset(["subnet-a", "subnet-b", "subnet-c"])
    error_message = "A network load balancer over all given subnets, with no address on the internet."
  }
  assert {
    condition     = aws_lb.this.security_groups == toset(["sg-load-balancer"]) && aws_lb.this.enforce_security_group_inbound_rules_on_private_link_traffic == "on"
    error_message = "Without its security group anybody may pass CloudFront by."
  }
  assert {
    condition     = aws_lb.this.enable_deletion_protection && aws_lb.this.enable_cross_zone_load_balancing && aws_lb.this.enable_zonal_shift
    error_message = "It is protected, and a zone without healthy pods is served by the others."
  }
  # AWS' own conditions for a zonal shift across zones; else it refuses the listener.
  assert {
    condition = (
      one(aws_lb_target_group.traefik.target_health_state).enable_unhealthy_connection_termination == false &&
      contains(["TCP", "TLS"], aws_lb_target_group.traefik.protocol) && aws_lb_target_group.traefik.load_balancing_cross_zone_enabled == "true"
    )
    error_message = "A zone can be left only if connections to unhealthy targets are not cut."
  }
  assert {
    condition     = one(aws_lb.this.access_logs).enabled && one(aws_lb.this.access_logs).bucket == var.logs_bucket
    error_message = "Access logs go to the logs bucket."
  }
}

run "traffic_goes_to_traefik_untouched" {
  command = plan

  assert {
    condition     = aws_lb_listener.traefik.port == 443 && aws_lb_listener.traefik.protocol == "TCP" && aws_lb_listener.traefik.load_balancer_arn == aws_lb.this.arn
    error_message = "443 only, and TLS ends at Traefik."
  }
  assert {
    condition     = one(aws_lb_listener.traefik.default_action).type == "forward" && one(aws_lb_listener.traefik.default_action).target_group_arn == aws_lb_target_group.traefik.arn
    error_message = "The listener forwards to Traefik's target group."
  }
  assert {
    condition     = aws_lb_target_group.traefik.target_type == "ip" && aws_lb_target_group.traefik.port == 8443 && aws_lb_target_group.traefik.protocol == "TCP" && aws_lb_target_group.traefik.vpc_id == "vpc-1"
    error_message = "Targets are pods on Traefik's TLS port."
  }
  assert {
    condition     = aws_lb_target_group.traefik.proxy_protocol_v2 && aws_lb_target_group.traefik.preserve_client_ip == "false"
    error_message = "The client's address travels in the PROXY header; Traefik refuses connections without it."
  }
  assert {
    condition     = tonumber(aws_lb_target_group.traefik.deregistration_delay) == 30 && aws_lb_target_group.traefik.connection_termination
    error_message = "A leaving pod drains 30 s, then its connections are reset."
  }
  assert {
    condition = (
      one(aws_lb_target_group.traefik.health_check).protocol == "HTTP" && one(aws_lb_target_group.traefik.health_check).port == "8080" &&
      one(aws_lb_target_group.traefik.health_check).path == "/ping" && one(aws_lb_target_group.traefik.health_check).matcher == "200"
    )
    error_message = "Health is Traefik's /ping on 8080; 503 while it drains must count as unhealthy."
  }
  assert {
    condition     = one(aws_lb_target_group.traefik.health_check).interval * one(aws_lb_target_group.traefik.health_check).unhealthy_threshold <= 30
    error_message = "A dead pod must be out before its drain would have ended."
  }
}

run "the_origin_name" {
  command = plan

  assert {
    condition     = aws_route53_record.origin[0].name == "origin.shop.example.com" && aws_route53_record.origin[0].type == "A" && aws_route53_record.origin[0].zone_id == "ZPUBLIC"
    error_message = "CloudFront's origin name stands in the public zone."
  }
  assert {
    condition     = one(aws_route53_record.origin[0].alias).name == aws_lb.this.dns_name && one(aws_route53_record.origin[0].alias).zone_id == aws_lb.this.zone_id
    error_message = "It is an alias of the load balancer."
  }
  assert {
    condition     = output.origin_domain == "origin.shop.example.com" && output.target_group_arn == aws_lb_target_group.traefik.arn && output.arn == aws_lb.this.arn
    error_message = "Later layers get the load balancer, its target group and its name."
  }
}

run "without_a_name" {
  command = plan
  variables {
    origin_domain = null
    zone_id       = null
  }

  assert {
    condition     = aws_lb_listener.traefik.port == 80 && aws_lb.this.internal && length(aws_route53_record.origin) == 0 && output.origin_domain == aws_lb.this.dns_name
    error_message = "By AWS's name, on 80, inside the VPC."
  }
}

run "wrong_values_are_refused" {
  command = plan

  variables {
    origin_domain = null
    subnet_ids    = ["subnet-a"]
  }

  expect_failures = [var.origin_domain, var.subnet_ids]
}

run "development_may_be_deleted" {
  command = plan
  variables {
    deletion_protection = false
  }

  assert {
    condition     = !aws_lb.this.enable_deletion_protection
    error_message = "deletion_protection decides."
  }
}

run "a_name_aws_keeps_for_itself_is_refused" {
  command = plan
  variables {
    environment = { name = "internal-mercat" }
  }
  expect_failures = [aws_lb.this]
}

run "a_hyphen_at_the_end_is_refused" {
  command = plan
  variables {
    environment = { name = "mercat-" }
  }
  expect_failures = [aws_lb.this]
}

run "wrong_places_are_refused" {
  command = plan
  variables {
    origin_domain = "origin.shop.example.com."
    logs_bucket   = "arn:aws:s3:::mercat-production-logs"
  }
  expect_failures = [var.origin_domain, var.logs_bucket]
}
