locals {
  # AWS's own policies have the same ids in every account.
  caching_disabled    = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
  all_viewer_but_host = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
  year_in_seconds     = 31536000
  # What a shelf is narrowed by, and the variant of a product; services/pages reads no other. CloudFront takes ten.
  document_queries     = ["cursor", "in_stock", "max_price", "min_price", "search", "sort", "tag", "type", "variant", "vendor"]
  statuses_with_errors = [400, 403, 404, 405, 414, 500, 501, 502, 503, 504]
}

# The catalog says itself for how long an answer is good (a second for products, a year for images, not at all for
# stock). A default or a minimum of ours would outlive that, and keep what says nothing.
resource "aws_cloudfront_cache_policy" "catalog" {
  name        = "${var.environment.name}-catalog"
  comment     = "As long as the answer's own Cache-Control says"
  min_ttl     = 0
  default_ttl = 0
  max_ttl     = local.year_in_seconds

  parameters_in_cache_key_and_forwarded_to_origin {
    enable_accept_encoding_brotli = true
    enable_accept_encoding_gzip   = true

    # In the key, so that who is signed in never shares an entry; CloudFront would drop the header otherwise. The others
    # are what a page of another origin asks by (CORS_ORIGINS): leave that is given to one is not another's.
    headers_config {
      header_behavior = "whitelist"
      headers {
        items = ["Access-Control-Request-Headers", "Access-Control-Request-Method", "Authorization", "Origin"]
      }
    }

    # The refresh token's cookie goes nowhere but to the uncached API.
    cookies_config {
      cookie_behavior = "none"
    }

    query_strings_config {
      query_string_behavior = "all"
    }
  }
}

# Files carry the Cache-Control that they were uploaded or answered with. One without is asked for anew: right before fast.
resource "aws_cloudfront_cache_policy" "files" {
  name        = "${var.environment.name}-files"
  comment     = "As long as the object's own Cache-Control says"
  min_ttl     = 0
  default_ttl = 0
  max_ttl     = local.year_in_seconds

  parameters_in_cache_key_and_forwarded_to_origin {
    enable_accept_encoding_brotli = true
    enable_accept_encoding_gzip   = true

    headers_config {
      header_behavior = "none"
    }

    cookies_config {
      cookie_behavior = "none"
    }

    # Nobody shall get past the cache by inventing queries.
    query_strings_config {
      query_string_behavior = "none"
    }
  }
}

# A minimum of 0 lets a document be kept exactly as the service pages says: a minute, or never where a shopper's own things are shown.
resource "aws_cloudfront_cache_policy" "documents" {
  name        = "${var.environment.name}-documents"
  comment     = "As long as the document's own Cache-Control says"
  min_ttl     = 0
  default_ttl = 0
  max_ttl     = local.year_in_seconds

  parameters_in_cache_key_and_forwarded_to_origin {
    enable_accept_encoding_brotli = true
    enable_accept_encoding_gzip   = true

    headers_config {
      header_behavior = "none"
    }

    # A document is the same for everybody, and the service never learns who asks.
    cookies_config {
      cookie_behavior = "none"
    }

    # Any other query, such as that of a campaign, is read by scripts alone: it shares the entry.
    query_strings_config {
      query_string_behavior = "whitelist"
      query_strings {
        items = local.document_queries
      }
    }
  }
}
