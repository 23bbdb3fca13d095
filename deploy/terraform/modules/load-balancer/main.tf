# In front of Traefik, and Terraform's own: the load balancer controller in the cluster only registers pods with the
# target group (TargetGroupBinding). One made by the cluster would outlive it and block the VPC's destruction.
resource "aws_lb" "this" {
  #checkov:skip=CKV_AWS_150:Deletion protection is the environment's decision (deletion_protection): on in staging and production.
  name               = var.environment.name
  load_balancer_type = "network"
  internal           = true # CloudFront comes by a VPC origin, so that nobody else's distribution does
  ip_address_type    = "ipv4"
  subnets            = var.subnet_ids

  # Only at its creation can a network load balancer be given its first security group.
  security_groups                                              = [var.security_group_id]
  enforce_security_group_inbound_rules_on_private_link_traffic = "on"

  enable_cross_zone_load_balancing = true
  enable_deletion_protection       = var.deletion_protection
  enable_zonal_shift               = true # one command takes an ailing zone out of service

  access_logs {
    bucket  = var.logs_bucket
    prefix  = var.environment.name
    enabled = true
  }

  tags = { Name = var.environment.name }

  lifecycle {
    precondition {
      condition     = !startswith(var.environment.name, "internal-") && !endswith(var.environment.name, "-")
      error_message = "name: AWS takes no load balancer whose name begins with \"internal-\" or ends with a hyphen."
    }
  }
}

resource "aws_lb_target_group" "traefik" {
  name            = var.environment.name
  target_type     = "ip" # pods, without the detour by a node port
  ip_address_type = "ipv4"
  vpc_id          = var.vpc_id
  protocol        = "TCP"
  port            = 8443

  # The client's address travels in the PROXY header, not in the packet: packets then come from the load balancer's own
  # addresses, answers find back, and a node may call the load balancer it is a target of.
  proxy_protocol_v2  = true
  preserve_client_ip = "false"

  load_balancing_cross_zone_enabled = "true"

  # Traefik drains for 30 seconds. What is open then is cut with a reset, which CloudFront answers by a new connection;
  # left alone it would send requests into silence.
  deregistration_delay   = "30"
  connection_termination = true

  # AWS takes a zonal shift only with this, and on its way out a pod may end its answers after its first failed check.
  target_health_state {
    enable_unhealthy_connection_termination = false
  }

  # Traefik answers /ping with 503 once it is asked to end, so a leaving pod gets no new connections. These connections
  # begin with the PROXY header too: the entry point on 8080 must know it.
  health_check {
    enabled             = true
    protocol            = "HTTP"
    port                = "8080"
    path                = "/ping"
    matcher             = "200"
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 2
  }

  tags = { Name = "${var.environment.name}-traefik" }
}

# TCP, not TLS: the certificate is in the cluster, so traffic is encrypted as far as Traefik and no key leaves it. Without a name
# there is no certificate, and Traefik speaks plain HTTP on the same port of its own.
resource "aws_lb_listener" "traefik" {
  load_balancer_arn = aws_lb.this.arn
  protocol          = "TCP"
  port              = var.origin_domain == null ? 80 : 443

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.traefik.arn
  }

  tags = { Name = "${var.environment.name}-traefik" }
}

# The name CloudFront calls, and the one on Traefik's certificate.
resource "aws_route53_record" "origin" {
  count = var.origin_domain == null ? 0 : 1

  zone_id = var.zone_id
  name    = var.origin_domain
  type    = "A"

  alias {
    name                   = aws_lb.this.dns_name
    zone_id                = aws_lb.this.zone_id
    evaluate_target_health = true
  }
}
