mock_provider "aws" {
  override_during = plan

  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:us-east-1:111111111111:log-group:aws-waf-logs-mercat-test" }
  }
}

# A mock gives all policies of one type the same id; told apart they say who uses which.
override_resource {
  target          = aws_cloudfront_cache_policy.catalog
  override_during = plan
  values          = { id = "catalog" }
}
override_resource {
  target          = aws_cloudfront_cache_policy.files
  override_during = plan
  values          = { id = "files" }
}
override_resource {
  target          = aws_cloudfront_cache_policy.documents
  override_during = plan
  values          = { id = "documents" }
}
override_resource {
  target          = aws_cloudfront_response_headers_policy.this["pages"]
  override_during = plan
  values          = { id = "pages" }
}
override_resource {
  target          = aws_cloudfront_response_headers_policy.this["media"]
  override_during = plan
  values          = { id = "media" }
}
override_resource {
  target          = aws_cloudfront_response_headers_policy.this["api"]
  override_during = plan
  values          = { id = "api" }
}
override_resource {
  target          = aws_cloudfront_function.addresses
  override_during = plan
  values          = { arn = "arn:aws:cloudfront::111111111111:function/addresses" }
}

run "who_answers_what" {
  command = plan

  assert {
    condition = [for b in aws_cloudfront_distribution.this.ordered_cache_behavior : b.path_pattern] == [
      "/api/v1/products*", "/api/v1/categories*", "/api/v1/category-tree*", "/api/v1/collections*", "/api/v1/facets*", "/api/v1/suggestions*",
      "/api/v1/stock*", "/api/v1/media*",
      "/api/*", "/webhooks/*", "/.well-known/*", "/docs*", "/robots.txt",
      "/media/*", "/assets/*", "/theme/*",
    ]
    error_message = "The cached routes stand before the rest of the API, which would take them otherwise."
  }
  assert {
    condition     = alltrue([for b in aws_cloudfront_distribution.this.ordered_cache_behavior : b.target_origin_id == (b.path_pattern == "/media/*" ? "media" : "api")])
    error_message = "Media come from their bucket, the rest from the services."
  }
  assert {
    condition = alltrue([for b in aws_cloudfront_distribution.this.ordered_cache_behavior :
      b.cache_policy_id == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad" && b.origin_request_policy_id == "b689b0a8-53d0-40ab-baf2-68738e2966ac"
    if contains(["/api/*", "/webhooks/*", "/.well-known/*", "/docs*", "/robots.txt"], b.path_pattern)])
    error_message = "CachingDisabled and AllViewerExceptHostHeader: cookies, tokens, queries and signatures arrive whole."
  }
  assert {
    condition = alltrue([for b in aws_cloudfront_distribution.this.ordered_cache_behavior :
      toset(b.allowed_methods) == toset(["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"])
    if contains(["/api/*", "/webhooks/*", "/.well-known/*", "/docs*", "/robots.txt"], b.path_pattern)])
    error_message = "Every method reaches the API."
  }
  assert {
    condition     = toset([for e in aws_cloudfront_distribution.this.custom_error_response : e.error_code]) == toset([400, 403, 404, 405, 414, 500, 501, 502, 503, 504])
    error_message = "CloudFront keeps these errors for 10 seconds unless told otherwise."
  }
  assert {
    condition = alltrue([for e in aws_cloudfront_distribution.this.custom_error_response :
      e.error_caching_min_ttl == 0 && e.response_page_path == null && e.response_code == null
    ])
    error_message = "Errors are not kept, and no page takes their place."
  }
  assert {
    condition = alltrue([for route in var.cached_routes : contains(
      yamldecode(file("../../../../services/catalog/service.yaml")).routes, route
    )])
    error_message = "A cached route is one of the catalog's own, in its service.yaml."
  }
  assert {
    condition = alltrue([for b in aws_cloudfront_distribution.this.ordered_cache_behavior :
      b.cache_policy_id == "catalog" && b.origin_request_policy_id == null
    if startswith(b.path_pattern, "/api/v1/")])
    error_message = "Catalog reads use the catalog's policy, and no other policy adds a cookie to what is forwarded."
  }
  assert {
    condition = alltrue([for b in aws_cloudfront_distribution.this.ordered_cache_behavior :
      toset(b.allowed_methods) == toset(["GET", "HEAD", "OPTIONS"]) && toset(b.cached_methods) == toset(["GET", "HEAD"])
    if startswith(b.path_pattern, "/api/v1/")])
    error_message = "Catalog reads are reads."
  }
  assert {
    condition = alltrue([for p in [aws_cloudfront_cache_policy.catalog, aws_cloudfront_cache_policy.files, aws_cloudfront_cache_policy.documents] :
      p.min_ttl == 0 && p.default_ttl == 0 && p.max_ttl == 31536000
    ])
    error_message = "The answer's own Cache-Control decides, from nothing to a year."
  }
  assert {
    condition = (
      toset(aws_cloudfront_cache_policy.catalog.parameters_in_cache_key_and_forwarded_to_origin[0].headers_config[0].headers[0].items) == toset(["Access-Control-Request-Headers", "Access-Control-Request-Method", "Authorization", "Origin"])
      && aws_cloudfront_cache_policy.catalog.parameters_in_cache_key_and_forwarded_to_origin[0].headers_config[0].header_behavior == "whitelist"
    )
    error_message = "Who is signed in shares no entry with anybody, nor does a page of another origin."
  }
  assert {
    condition     = alltrue([for p in [aws_cloudfront_cache_policy.catalog, aws_cloudfront_cache_policy.files, aws_cloudfront_cache_policy.documents] : p.parameters_in_cache_key_and_forwarded_to_origin[0].cookies_config[0].cookie_behavior == "none"])
    error_message = "What is cached knows no cookie."
  }
  assert {
    condition     = aws_cloudfront_cache_policy.catalog.parameters_in_cache_key_and_forwarded_to_origin[0].query_strings_config[0].query_string_behavior == "all"
    error_message = "Another search is another answer."
  }
  assert {
    condition = alltrue([for b in aws_cloudfront_distribution.this.ordered_cache_behavior :
      b.cache_policy_id == "files" && b.origin_request_policy_id == null && toset(b.allowed_methods) == toset(["GET", "HEAD", "OPTIONS"])
    if contains(["/media/*", "/assets/*", "/theme/*"], b.path_pattern)])
    error_message = "Files are kept as their Cache-Control says, whatever query is invented, and are only read."
  }
  assert {
    condition = (
      aws_cloudfront_distribution.this.default_cache_behavior[0].cache_policy_id == "documents"
      && aws_cloudfront_distribution.this.default_cache_behavior[0].origin_request_policy_id == null
      && aws_cloudfront_distribution.this.default_cache_behavior[0].response_headers_policy_id == "pages"
    )
    error_message = "Documents are kept as their Cache-Control says, and no other policy adds a cookie to what is forwarded."
  }
  assert {
    condition = (
      aws_cloudfront_cache_policy.documents.parameters_in_cache_key_and_forwarded_to_origin[0].headers_config[0].header_behavior == "none"
      && aws_cloudfront_cache_policy.documents.parameters_in_cache_key_and_forwarded_to_origin[0].query_strings_config[0].query_string_behavior == "whitelist"
      && toset(aws_cloudfront_cache_policy.documents.parameters_in_cache_key_and_forwarded_to_origin[0].query_strings_config[0].query_strings[0].items) == toset(local.document_queries)
    )
    error_message = "A document depends on its address and on the queries that it is made by, on nothing else."
  }
  assert {
    condition     = length(local.document_queries) <= 10
    error_message = "CloudFront keys by ten query strings at most."
  }
  assert {
    condition = one([for f in aws_cloudfront_distribution.this.default_cache_behavior[0].function_association : f]) == {
      event_type = "viewer-request", function_arn = "arn:aws:cloudfront::111111111111:function/addresses"
    }
    error_message = "Addresses of pages go through the function."
  }
  assert {
    condition     = alltrue([for b in aws_cloudfront_distribution.this.ordered_cache_behavior : length(b.function_association) == 0])
    error_message = "The function has no business with the API and with files."
  }
  assert {
    condition = (
      aws_cloudfront_function.addresses.runtime == "cloudfront-js-2.0" && aws_cloudfront_function.addresses.publish
      && strcontains(aws_cloudfront_function.addresses.code, "const HOST = \"shop.example.com\";")
    )
    error_message = "The function is published and knows the store's address."
  }
  assert {
    condition = alltrue([for b in aws_cloudfront_distribution.this.ordered_cache_behavior :
      b.response_headers_policy_id == (contains(["/assets/*", "/theme/*"], b.path_pattern) ? "pages" : b.target_origin_id)
    ])
    error_message = "Each behaviour has its own headers."
  }
  assert {
    condition = alltrue([for p in [aws_cloudfront_response_headers_policy.this["pages"], aws_cloudfront_response_headers_policy.this["media"], aws_cloudfront_response_headers_policy.this["api"]] : (
      p.security_headers_config[0].strict_transport_security[0].access_control_max_age_sec >= 31536000
      && p.security_headers_config[0].strict_transport_security[0].override
      && p.security_headers_config[0].content_type_options[0].override
    )])
    error_message = "HTTPS for a year and nosniff, everywhere."
  }
  assert {
    condition     = aws_cloudfront_response_headers_policy.this["pages"].security_headers_config[0].frame_options[0].frame_option == "DENY"
    error_message = "Documents are framed by nobody."
  }
  assert {
    condition     = strcontains(aws_cloudfront_response_headers_policy.this["media"].security_headers_config[0].content_security_policy[0].content_security_policy, "sandbox")
    error_message = "An uploaded file runs nothing."
  }
  assert {
    condition = alltrue([for p in [aws_cloudfront_response_headers_policy.this["pages"], aws_cloudfront_response_headers_policy.this["api"]] :
      length(p.security_headers_config[0].content_security_policy) + length(p.security_headers_config[0].referrer_policy) + length(p.custom_headers_config) == 0
    ])
    error_message = "The services' own headers pass: each document says what it may run."
  }
}
