# The first pattern that fits decides, so the order is part of the meaning: what may be kept stands before the rest of
# the API. What fits none is a document of the service pages, whose answer says whether and how long it is kept.
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
    }
    # Their addresses carry a hash of their content.
    assets = {
      origin   = "api"
      methods  = local.read
      protocol = "redirect-to-https"
      cache    = aws_cloudfront_cache_policy.files.id
      forward  = null
      headers  = aws_cloudfront_response_headers_policy.this["pages"].id
      compress = true
    }
    media = {
      origin   = "media"
      methods  = local.read
      protocol = "redirect-to-https"
      cache    = aws_cloudfront_cache_policy.files.id
      forward  = null
      headers  = aws_cloudfront_response_headers_policy.this["media"].id
      compress = true
    }
  }

  behaviours = concat(
    [for route in var.cached_routes : merge(local.kinds.catalog, { path = "${route}*" })],
    [for path in ["/api/*", "/webhooks/*", "/.well-known/*", "/docs*", "/robots.txt"] : merge(local.kinds.api, { path = path })],
    # debt(media-at-edge): nothing links there yet; the catalog serves pictures under /api/v1/media.
    [merge(local.kinds.media, { path = "/media/*" })],
    [for path in ["/assets/*", "/theme/*"] : merge(local.kinds.assets, { path = path })],
  )
}
