# The first pattern that fits decides, so the order is part of the meaning: what may be kept stands before the rest of
# the API. What fits none is a web page, and so is the page where a card is typed, whose policy alone allows Stripe.
locals {
  read  = ["GET", "HEAD", "OPTIONS"]
  every = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]

  kinds = {
    catalog = {
      origin  = "api"
      methods = local.read
      # A redirect would come too late for a token that already went over the wire in the clear.
      protocol = "https-only"
      cache    = aws_cloudfront_cache_policy.catalog.id
      forward  = null
      headers  = aws_cloudfront_response_headers_policy.this["api"].id
      compress = true
      pages    = false
    }
    # Host stays behind: the load balancer's certificate and routes are those of its own name.
    api = {
      origin   = "api"
      methods  = local.every
      protocol = "https-only"
      cache    = local.caching_disabled
      forward  = local.all_viewer_but_host
      headers  = aws_cloudfront_response_headers_policy.this["api"].id
      compress = false
      pages    = false
    }
    pay = {
      origin   = "web"
      methods  = local.read
      protocol = "redirect-to-https"
      cache    = aws_cloudfront_cache_policy.files.id
      forward  = null
      headers  = aws_cloudfront_response_headers_policy.this["pay"].id
      compress = true
      pages    = true
    }
    media = {
      origin   = "media"
      methods  = local.read
      protocol = "redirect-to-https"
      cache    = aws_cloudfront_cache_policy.files.id
      forward  = null
      headers  = aws_cloudfront_response_headers_policy.this["media"].id
      compress = true
      pages    = false
    }
  }

  behaviours = concat(
    [for route in var.cached_routes : merge(local.kinds.catalog, { path = "${route}*" })],
    [for path in ["/api/*", "/webhooks/*", "/.well-known/*", "/docs*", "/robots.txt"] : merge(local.kinds.api, { path = path })],
    # debt(media-at-edge): nothing links there yet; the catalog serves pictures under /api/v1/media.
    [merge(local.kinds.media, { path = "/media/*" })],
    [merge(local.kinds.pay, { path = "/orders/*/pay" })],
  )
}
